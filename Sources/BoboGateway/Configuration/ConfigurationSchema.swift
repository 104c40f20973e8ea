/// The JSON Schema (2020-12) of configuration files, as `ConfigurationReading` takes them, for editors.
///
/// `docs/schema/configuration.json` is the same text, for those who have the repository. A test compares both, and the keys with
/// those that the loader knows.
package enum ConfigurationSchema {
    package static let json = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "Bobo configuration, version 1",
          "description": "Every key is optional.",
          "type": ["object", "null"],
          "additionalProperties": false,
          "properties": {
            "instance": {"$ref": "#/$defs/name", "description": "This gateway's name. Default: the host's."},
            "prefix": {"$ref": "#/$defs/name", "description": "First level of the topics that gateways publish on. Default: bobo."},
            "patterns": {"$ref": "#/$defs/path", "description": "A file or a folder, watched for changes. Default: patterns."},
            "timezone": {"type": "string", "minLength": 1, "description": "Such as Europe/Berlin. Default: the machine's; in replays and tests UTC."},
            "broker": {"$ref": "#/$defs/broker"},
            "secrets_file": {"$ref": "#/$defs/path", "description": "name: text, for secret(\"name\") in actions."},
            "sensors": {"type": "array", "items": {"$ref": "#/$defs/sensor"}, "description": "The first entry that matches a topic counts."},
            "max_lateness": {"$ref": "#/$defs/duration", "description": "How long events wait for earlier ones. Default: 0s."},
            "late": {"enum": ["process", "drop"], "description": "What becomes of events that come later still. Default: process."},
            "max_ahead": {"$ref": "#/$defs/duration", "description": "A timestamp further than this after the arrival is not believed. Default: 1m."},
            "max_payload": {"$ref": "#/$defs/size", "description": "Default: 1MiB."},
            "max_state": {"$ref": "#/$defs/count", "description": "Topics that are kept for state. Default: 10000."},
            "queue": {"$ref": "#/$defs/queue"},
            "peers": {"$ref": "#/$defs/peers"},
            "partitions": {"$ref": "#/$defs/partitions"},
            "stats_interval": {"$ref": "#/$defs/duration", "description": "Default: 5s."},
            "home_assistant": {"$ref": "#/$defs/home_assistant"},
            "http": {"$ref": "#/$defs/http"},
            "log_level": {"enum": ["trace", "debug", "info", "warning", "error"], "description": "Default: info."},
            "log_format": {"enum": ["text", "json"], "description": "Default: text."}
          },
          "$defs": {
            "name": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,200}$"},
            "path": {"type": "string", "minLength": 1, "description": "From the folder of this file, where it is relative."},
            "text": {"type": "string", "minLength": 1, "maxLength": 65535},
            "expression": {"type": ["string", "number", "boolean"], "pattern": "\\S", "description": "CEL over payload, text, topic, levels."},
            "duration": {"type": "string", "pattern": "^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$", "description": "Such as 250ms, 30s, 5m, 2h, 1d, 1h30m."},
            "size": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^[0-9]+(KiB|MiB|GiB)?$"}], "description": "Such as 4096, 256KiB, 1MiB."},
            "filter": {"type": "string", "minLength": 1, "pattern": "^(([^+#/]*|\\+)/)*([^+#/]*|\\+|#)$", "description": "A topic filter: + stands for one level, # at the end for all that is below."},
            "count": {"type": "integer", "minimum": 1, "maximum": 100000000},
            "broker": {
              "type": "object",
              "description": "Without it a private mosquitto is started on loopback.",
              "not": {"required": ["password", "password_file"]},
              "additionalProperties": false,
              "properties": {
                "url": {"type": "string", "pattern": "^mqtts?://[^@]+$", "description": "mqtt://host[:port] or mqtts://host[:port], no password in it."},
                "version": {"enum": [5, "5", "3.1.1"], "description": "Of MQTT. Default: 5."},
                "client_id": {"$ref": "#/$defs/text", "description": "Default: bobo-<instance>."},
                "username": {"$ref": "#/$defs/text"},
                "password": {"$ref": "#/$defs/text", "description": "Meant for BOBO_BROKER_PASSWORD; in files rather password_file."},
                "password_file": {"$ref": "#/$defs/path", "description": "Its first line is the password."},
                "ca_file": {"$ref": "#/$defs/path"},
                "certificate_file": {"$ref": "#/$defs/path"},
                "key_file": {"$ref": "#/$defs/path"},
                "keep_alive": {"$ref": "#/$defs/duration", "description": "Whole seconds from 5s. Default: 10s."},
                "session_expiry": {"$ref": "#/$defs/duration", "description": "How long the broker keeps messages for a gateway that is away; with peers at most half of remember.age. Default: 1h."}
              }
            },
            "sensor": {
              "type": "object",
              "required": ["filter"],
              "additionalProperties": false,
              "properties": {
                "filter": {"$ref": "#/$defs/filter"},
                "qos": {"type": "integer", "minimum": 0, "maximum": 2, "description": "Default: 1."},
                "retained": {"type": "boolean", "description": "Whether what the broker had stored is an event, too. Default: false."},
                "format": {"enum": ["auto", "json", "text", "bytes"], "description": "How payload is read. Default: auto."},
                "timestamp": {"$ref": "#/$defs/expression", "description": "When it was. Default, and where it fails: the arrival."},
                "event_id": {"$ref": "#/$defs/expression", "description": "Identity where two gateways read one message."}
              }
            },
            "home_assistant": {
              "type": "object",
              "description": "Devices and entities by Home Assistant's MQTT discovery.",
              "additionalProperties": false,
              "properties": {
                "discovery": {"type": "boolean", "description": "Default: false."},
                "prefix": {"type": "string", "minLength": 1, "maxLength": 1000, "pattern": "^[^$+#][^+#]*$", "description": "Home Assistant's own discovery prefix. Default: homeassistant."},
                "name": {"type": "string", "minLength": 1, "maxLength": 200, "description": "Of the device that all gateways share. Default: Bobo."}
              }
            },
            "http": {
              "type": "object",
              "description": "The page, the figures for Prometheus, and the questions of supervisors.",
              "additionalProperties": false,
              "properties": {
                "listen": {"type": "string", "pattern": "^(|([A-Za-z0-9._%-]+|\\[[A-Za-z0-9._%:-]+\\]):[0-9]{1,5})$", "description": "Such as 127.0.0.1:9180. Default: no page."},
                "token_file": {"type": "string", "description": "Its first line is the token; needed where others than this machine can connect."}
              }
            },
            "queue": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "size": {"$ref": "#/$defs/count", "description": "Default: 100000."},
                "when_full": {"enum": ["wait", "drop_newest", "drop_oldest"], "description": "Default: wait, so that the broker holds the rest."}
              }
            },
            "peers": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "ids": {"type": "array", "uniqueItems": true, "items": {"$ref": "#/$defs/name"}, "description": "The other gateways' instances."},
                "key_file": {"$ref": "#/$defs/path", "description": "32 bytes in base64, the same for all gateways."},
                "ping_after": {"$ref": "#/$defs/duration", "description": "A peer that has acknowledged nothing for so long is pinged. Default: 30s."},
                "resync_after": {"$ref": "#/$defs/duration", "description": "After so long it is sent everything; longer than ping_after. Default: 60s."},
                "ping_interval": {"$ref": "#/$defs/duration", "description": "Default: 5s."},
                "resync_interval": {"$ref": "#/$defs/duration", "description": "Default: 10s."},
                "stash_interval": {"$ref": "#/$defs/duration", "description": "What a peer has not acknowledged is sent again after so long. Default: 5s."},
                "stash_limit": {"$ref": "#/$defs/count", "description": "Changes kept for one peer. Default: 10000."},
                "remember": {"$ref": "#/$defs/remember"},
                "catch_up": {"$ref": "#/$defs/duration", "description": "How long events are kept for runs that begin elsewhere. Default: 2s."},
                "batch": {"$ref": "#/$defs/duration", "description": "Changes wait so long for company, at most 10s. Default: 10ms."},
                "message_limit": {"$ref": "#/$defs/size", "description": "4KiB to 8MiB. Default: 256KiB."}
              }
            },
            "remember": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "runs": {"$ref": "#/$defs/count", "description": "Default: 1000000."},
                "age": {"$ref": "#/$defs/duration", "description": "More than twice catch_up. Default: 10m."}
              }
            },
            "partitions": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "filters": {"type": "array", "items": {"$ref": "#/$defs/filter"}, "description": "A topic belongs to the first that matches. Default, with peers: each filter that is subscribed."},
                "copies": {"type": "integer", "minimum": 1, "maximum": 2, "description": "By how many gateways each is read. 2 needs an event_id for every sensor. Default: 1."},
                "read": {"type": "array", "items": {"$ref": "#/$defs/filter"}, "description": "The partitions that this gateway reads, instead of the division."},
                "share": {"type": "string", "maxLength": 200, "pattern": "^[^/+#]*$", "description": "$share group, instead of both."}
              }
            }
          }
        }
        """#
}
