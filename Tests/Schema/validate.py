"""Reads {"schemas": {name: schema}, "documents": [{"schema": name, "document": …}, …]} from standard input, checks the
schemas themselves, and writes for each document a line: a list of what is wrong with it."""

import json
import sys

from jsonschema import Draft202012Validator

asked = json.load(sys.stdin)
validators = {}
for name, schema in asked["schemas"].items():
    Draft202012Validator.check_schema(schema)
    validators[name] = Draft202012Validator(schema)
for entry in asked["documents"]:
    errors = validators[entry["schema"]].iter_errors(entry["document"])
    print(json.dumps([f"{error.json_path}: {error.message}"[:300] for error in errors]))
