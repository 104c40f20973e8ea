/// The path, from that folder where it is relative; `.` stays unsaid.
func joinedPath(_ folder: String, _ path: String) -> String {
    guard !path.hasPrefix("/"), folder != ".", !folder.isEmpty else { return path }
    return folder.hasSuffix("/") ? folder + path : folder + "/" + path
}

func parentFolder(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
