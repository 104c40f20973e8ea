/// The JSON Schema (2020-12) of pattern files, as the readers beside it take them, for editors.
///
/// `docs/schema/pattern.json` is the same text, for those who have the repository. A test compares both, and the keys with
/// those that the loader knows.
package enum PatternSchema {
    package static let json = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "Bobo pattern file, version 1",
          "description": "One phenomenon, and the patterns of which any one completes it.",
          "type": "object",
          "required": ["phenomenon", "patterns"],
          "additionalProperties": false,
          "properties": {
            "phenomenon": {"$ref": "#/$defs/name", "description": "Its name, unique in the folder."},
            "description": {"type": "string", "description": "What it is, for people."},
            "patterns": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/pattern"}, "description": "Any one of them completes the phenomenon."},
            "emit": {"$ref": "#/$defs/emit"},
            "actions": {"$ref": "#/$defs/actions"}
          },
          "$defs": {
            "name": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,200}$"},
            "group": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,199}$", "description": "The name under which accepted events stand in the history, a list."},
            "expression": {"type": ["string", "number", "boolean"], "pattern": "\\S", "description": "CEL over event, payload, text, topic, levels, ts, kind, key, previous, recent, history, first, last, now, timezone, and groups by name."},
            "duration": {"type": "string", "pattern": "^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$", "description": "Such as 250ms, 30s, 5m, 2h, 1d, 1h30m."},
            "filter": {"type": "string", "minLength": 1, "pattern": "^(([^+#/]*|\\+)/)*([^+#/]*|\\+|#)$", "description": "A topic filter: + stands for one level, # at the end for all that is below."},
            "filters": {"anyOf": [{"$ref": "#/$defs/filter"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/filter"}}]},
            "count": {"type": "integer", "minimum": 1, "maximum": 100000000},
            "qos": {"type": "integer", "minimum": 0, "maximum": 2, "description": "MQTT's quality of service."},
            "input": {
              "type": "object",
              "required": ["on"],
              "additionalProperties": false,
              "properties": {
                "on": {"$ref": "#/$defs/filters"},
                "where": {"$ref": "#/$defs/expression", "description": "Over the event alone."}
              }
            },
            "inputs": {
              "anyOf": [
                {"$ref": "#/$defs/filter"},
                {"$ref": "#/$defs/input"},
                {"type": "array", "minItems": 1, "items": {"anyOf": [{"$ref": "#/$defs/filter"}, {"$ref": "#/$defs/input"}]}}
              ]
            },
            "condition": {
              "type": "object",
              "anyOf": [{"required": ["on"]}, {"required": ["where"]}],
              "additionalProperties": false,
              "properties": {
                "on": {"$ref": "#/$defs/filters"},
                "where": {"$ref": "#/$defs/expression"}
              }
            },
            "groupedCondition": {
              "type": "object",
              "anyOf": [{"required": ["on"]}, {"required": ["where"]}],
              "additionalProperties": false,
              "properties": {
                "on": {"$ref": "#/$defs/filters"},
                "where": {"$ref": "#/$defs/expression"},
                "group": {"$ref": "#/$defs/group"}
              }
            },
            "predicate": {"anyOf": [{"$ref": "#/$defs/expression"}, {"$ref": "#/$defs/condition"}]},
            "groupedPredicate": {"anyOf": [{"$ref": "#/$defs/expression"}, {"$ref": "#/$defs/groupedCondition"}]},
            "pattern": {
              "type": "object",
              "required": ["name", "blocks"],
              "additionalProperties": false,
              "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 200, "description": "Unique in the phenomenon."},
                "input": {"$ref": "#/$defs/inputs", "description": "The only events that the pattern sees."},
                "key": {"$ref": "#/$defs/expression", "description": "Over the event alone. Runs of different keys never meet."},
                "within": {"$ref": "#/$defs/duration", "description": "A run halts this long after its first event."},
                "singleton": {"type": "boolean", "description": "At most one run at a time for each key."},
                "preconditions": {"type": "array", "items": {"$ref": "#/$defs/predicate"}, "description": "An event that fails any of them halts the run."},
                "haltconditions": {"type": "array", "items": {"$ref": "#/$defs/predicate"}, "description": "An event that matches any of them halts the run."},
                "blocks": {
                  "type": "array",
                  "minItems": 1,
                  "maxItems": 1000,
                  "prefixItems": [{"$ref": "#/$defs/firstBlock"}],
                  "items": {"$ref": "#/$defs/block"},
                  "description": "The sequence, block after block."
                },
                "max_runs": {"$ref": "#/$defs/count", "description": "Active runs, all keys together; the oldest halts. Default: 100000."},
                "max_history": {"$ref": "#/$defs/count", "description": "Events that one run has accepted; at the bound it halts. Default: 100000."},
                "after_match": {"enum": ["no_skip", "skip_past_last_event"], "description": "Whether a run that completes halts the others of its key."},
                "rest": {"anyOf": [{"$ref": "#/$defs/duration"}, {"$ref": "#/$defs/rest"}], "description": "How long, or until what, no run of the key starts after one has completed."},
                "state": {"$ref": "#/$defs/inputs", "description": "Topics whose last message latest() and latest_of() read."},
                "recent": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 10000}, {"$ref": "#/$defs/duration"}], "description": "The last so many events, or those of so long, that recent reads."},
                "define": {"type": "object", "propertyNames": {"$ref": "#/$defs/group"}, "additionalProperties": {"$ref": "#/$defs/expression"}, "description": "Names for expressions that stand more than once."},
                "emit": {"$ref": "#/$defs/emit"},
                "actions": {"$ref": "#/$defs/actions"}
              }
            },
            "rest": {
              "type": "object",
              "minProperties": 1,
              "additionalProperties": false,
              "properties": {
                "for": {"$ref": "#/$defs/duration"},
                "until": {"$ref": "#/$defs/predicate"}
              }
            },
            "times": {
              "type": "object",
              "required": ["min"],
              "additionalProperties": false,
              "properties": {
                "min": {"type": "integer", "minimum": 0, "maximum": 1000},
                "max": {"type": "integer", "minimum": 1, "maximum": 1000}
              }
            },
            "firstBlock": {
              "$ref": "#/$defs/block",
              "properties": {
                "not_next": {"description": "The first block cannot be negated.", "not": {}},
                "not_followed_by": {"not": {}},
                "not_followed_by_any": {"not": {}},
                "absent": {"description": "The first block cannot be absent.", "not": {}},
                "loop": {"const": false},
                "optional": {"const": false}
              }
            },
            "block": {
              "type": "object",
              "oneOf": [
                {"required": ["next"]},
                {"required": ["not_next"], "properties": {"loop": {"const": false}}},
                {"required": ["followed_by"]},
                {"required": ["not_followed_by"], "properties": {"loop": {"const": false}}},
                {"required": ["followed_by_any"]},
                {"required": ["not_followed_by_any"], "properties": {"loop": {"const": false}}},
                {"required": ["absent", "for"]},
                {"required": ["all_of"]}
              ],
              "dependentSchemas": {
                "absent": {"properties": {"times": {"not": {}}, "loop": {"not": {}}, "optional": {"not": {}}, "until": {"not": {}}}},
                "all_of": {"properties": {"times": {"not": {}}, "loop": {"not": {}}, "optional": {"not": {}}, "until": {"not": {}}}},
                "next": {"properties": {"optional": {"const": false}, "times": {"type": "integer"}}},
                "not_next": {"properties": {"optional": {"const": false}, "times": {"type": "integer"}}},
                "not_followed_by": {"properties": {"optional": {"const": false}, "times": {"type": "integer"}}},
                "not_followed_by_any": {"properties": {"optional": {"const": false}, "times": {"type": "integer"}}},
                "until": {
                  "anyOf": [
                    {"required": ["loop"], "properties": {"loop": {"const": true}}},
                    {"required": ["times"], "properties": {"times": {"type": "object", "properties": {"max": {"not": {}}}}}}
                  ]
                }
              },
              "dependentRequired": {"for": ["absent"], "restart": ["absent"], "only_if": ["absent"]},
              "not": {"required": ["loop", "optional"], "properties": {"loop": {"const": true}, "optional": {"const": true}}},
              "additionalProperties": false,
              "properties": {
                "next": {"$ref": "#/$defs/predicate", "description": "The very next event matches, else the run halts."},
                "not_next": {"$ref": "#/$defs/predicate", "description": "The very next event does not match, else the run halts."},
                "followed_by": {"$ref": "#/$defs/predicate", "description": "Waits for an event that matches; others are ignored."},
                "not_followed_by": {"$ref": "#/$defs/predicate", "description": "Takes the first event that does not match. To forbid an event while waiting there is unless, for silence absent."},
                "followed_by_any": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/groupedPredicate"}, "description": "Waits for an event that matches any of them."},
                "not_followed_by_any": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/predicate"}, "description": "Takes the first event that matches none of them."},
                "absent": {"$ref": "#/$defs/predicate", "description": "Waits until no event has matched for so long; one that matches halts the run."},
                "all_of": {"type": "array", "minItems": 1, "maxItems": 64, "items": {"$ref": "#/$defs/groupedPredicate"}, "description": "Each of them by an event of its own, in any order."},
                "for": {"$ref": "#/$defs/duration", "description": "How long absent waits."},
                "group": {"$ref": "#/$defs/group"},
                "times": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 1000}, {"$ref": "#/$defs/times"}], "description": "The block stands so often in sequence; with min and max at least and at most so often."},
                "loop": {"type": "boolean", "description": "It may accept again and again, or not at all."},
                "optional": {"type": "boolean", "description": "It may be passed over."},
                "until": {"$ref": "#/$defs/predicate", "description": "Closes a loop: the run moves to the next block, and the event is offered to that."},
                "unless": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/predicate"}, "description": "An event that matches any of them halts the run that waits here."},
                "restart": {"type": "boolean", "description": "An event that matches does not halt, the wait of absent begins anew."},
                "only_if": {"$ref": "#/$defs/expression", "description": "Asked when the wait of absent is over."}
              }
            },
            "emit": {
              "type": "object",
              "description": "What the complex event carries, and how it is published.",
              "additionalProperties": false,
              "properties": {
                "data": {"$ref": "#/$defs/expression", "description": "The complex event's data.data."},
                "topic": {"type": "string", "description": "May hold ${expression}. Default: bobo/events/<phenomenon>."},
                "qos": {"$ref": "#/$defs/qos"},
                "retain": {"type": "boolean"}
              }
            },
            "actions": {"type": "array", "maxItems": 100, "items": {"$ref": "#/$defs/action"}, "description": "What is done when a run completes. Texts may hold ${expression}."},
            "action": {
              "type": "object",
              "oneOf": [
                {"required": ["publish"]},
                {"required": ["http"]},
                {"required": ["exec"]},
                {"required": ["log"]},
                {"required": ["sequence"]}
              ],
              "dependentRequired": {"stop_on_failure": ["sequence"]},
              "additionalProperties": false,
              "properties": {
                "publish": {"$ref": "#/$defs/publish"},
                "http": {"$ref": "#/$defs/http"},
                "exec": {"$ref": "#/$defs/exec"},
                "log": {"$ref": "#/$defs/log"},
                "sequence": {"$ref": "#/$defs/actions", "minItems": 1, "description": "One after the other."},
                "stop_on_failure": {"type": "boolean", "description": "Whether the rest is left out after one that fails. Default: true."}
              }
            },
            "publish": {
              "type": "object",
              "required": ["topic"],
              "additionalProperties": false,
              "properties": {
                "topic": {"type": "string"},
                "payload": {"description": "A text, or a mapping or list that is written as JSON."},
                "qos": {"$ref": "#/$defs/qos"},
                "retain": {"type": "boolean"}
              }
            },
            "http": {
              "type": "object",
              "required": ["url"],
              "additionalProperties": false,
              "properties": {
                "url": {"type": "string", "pattern": "^([hH][tT][tT][pP][sS]?://|\\$\\{)", "description": "Begins with http:// or https://; secret() may give all of it."},
                "method": {"type": "string", "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,32}$", "description": "Default: POST."},
                "headers": {"type": "object", "maxProperties": 100, "propertyNames": {"pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$"}, "additionalProperties": {"type": "string"}},
                "body": {"description": "A text, or a mapping or list that is written as JSON."},
                "timeout": {"$ref": "#/$defs/duration", "description": "Of each attempt, 100ms to 5m. Default: 10s."},
                "retries": {"type": "integer", "minimum": 0, "maximum": 10, "description": "After no answer, 5xx or 429. Default: 2."}
              }
            },
            "exec": {
              "type": "object",
              "required": ["command"],
              "additionalProperties": false,
              "properties": {
                "command": {"type": "array", "minItems": 1, "maxItems": 1000, "prefixItems": [{"type": "string", "minLength": 1}], "items": {"type": "string"}, "description": "Program and arguments, no shell."},
                "environment": {"type": "object", "maxProperties": 100, "propertyNames": {"pattern": "^[^=]{1,200}$"}, "additionalProperties": {"type": "string"}},
                "input": {"description": "What the program reads from its standard input."},
                "timeout": {"$ref": "#/$defs/duration", "description": "100ms to 1h. Default: 30s."}
              }
            },
            "log": {
              "type": "object",
              "required": ["message"],
              "additionalProperties": false,
              "properties": {
                "message": {"type": "string"},
                "level": {"enum": ["trace", "debug", "info", "warning", "error"], "description": "Default: info."}
              }
            }
          }
        }
        """#
}
