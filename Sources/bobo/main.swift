print("bobo")
