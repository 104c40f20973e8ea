/// Files that have, one with another, every key and every way to write its value; and files that are wrong in structure.
enum SchemaSamples {
    private static func pattern(_ parts: String, blocks: String = "[{next: payload > 1}]") -> SchemaTrial.File {
        SchemaTrial.File(
            kind: "pattern", name: "\(parts) \(blocks)",
            text: "phenomenon: p\npatterns:\n  - name: q\n    blocks: \(blocks)\n"
                + parts.split(separator: "\n").map {
                    "    \($0)\n"
                }.joined())
    }

    private static func file(_ kind: String, _ text: String) -> SchemaTrial.File {
        SchemaTrial.File(kind: kind, name: text, text: text)
    }

    static let sound: [SchemaTrial.File] = [
        file(
            "pattern",
            """
            phenomenon: A_b-1
            description: all of it
            emit: {data: '{"k": key}', topic: "a/${key}", qos: 2, retain: true}
            actions:
              - publish: {topic: a/b, payload: text, qos: 0, retain: false}
              - publish: {topic: a/b, payload: {a: [1, true, null, "${key}"]}}
              - log: {message: "it is ${key}", level: warning}
              - http: {url: "https://h/${key}", method: PUT, headers: {X-Key: "${key}"}, body: {a: "${key}"}, timeout: 5s, retries: 0}
              - http: {url: '${secret("hook")}', body: text}
              - exec: {command: [p, "${key}"], environment: {A: "${key}"}, input: [1], timeout: 1m}
              - sequence: [{log: {message: m}}, {sequence: [{log: {message: m}}], stop_on_failure: false}]
                stop_on_failure: true
            patterns:
              - name: a pattern's name
                input: [home/+/temperature, {on: [home/#, '#', +/+], where: payload > 1}]
                key: levels[1]
                within: 1h30m
                singleton: true
                preconditions: [payload > 1]
                haltconditions: [{on: home/+/temperature}, {where: payload > 9}, {on: [home/a, home/b], where: true}]
                max_runs: 10
                max_history: 100
                emit: {}
                actions: []
                blocks:
                  - {next: true, group: _a1, times: 3, unless: [payload < 0]}
                  - {followed_by: payload > 1, loop: true}
                  - {followed_by: payload > 2, optional: true, loop: false}
                  - {not_next: payload > 3}
                  - {not_followed_by: payload > 3, optional: false}
                  - {followed_by_any: [payload > 4, {on: home/a, group: other}], group: any}
                  - {not_followed_by_any: [payload > 5, {where: payload < 0}]}
                  - {followed_by: payload > 1, times: {min: 1, max: 3}}
                  - {next: payload > 1, loop: true, until: payload > 2}
                  - {followed_by: payload > 1, times: {min: 0}, until: {on: home/a}}
                  - {all_of: [payload > 1, {on: home/a, where: payload > 2, group: other}], group: both, unless: [payload > 7]}
                  - {absent: {on: home/#}, for: 500ms, group: quiet, unless: [payload > 7], restart: true, only_if: size(history) > 1}
            """),
        pattern("after_match: skip_past_last_event\nstate: home/+"), pattern("rest: 1h30m"), pattern("rest: {for: 5s}"),
        pattern("rest: {until: {on: home/a, where: payload > 1}}\nafter_match: no_skip"),
        pattern("state: [home/a, {on: [home/b], where: payload > 1}]"), pattern("input: home/a"),
        pattern("input: {on: home/a}"), pattern("preconditions: []\nhaltconditions: []"),
        pattern("key: 1"),
        file("configuration", "# nothing\n"),
        file(
            "configuration",
            """
            instance: gw-a
            prefix: bobo
            patterns: patterns
            timezone: Europe/Berlin
            broker:
              url: mqtts://broker.local:8883
              version: 3.1.1
              client_id: me
              username: gw-a
              password: "1234"
              ca_file: ca.crt
              certificate_file: gw.crt
              key_file: gw.key
              keep_alive: 10s
              session_expiry: 1h
            secrets_file: secrets.yaml
            sensors:
              - {filter: home/+/temperature, qos: 2, retained: true, format: json, timestamp: timestamp(payload.t), event_id: string(payload.seq)}
              - filter: '#'
            max_lateness: 0s
            late: drop
            max_ahead: 1d
            max_payload: 1MiB
            max_state: 10000
            queue: {size: 100, when_full: drop_oldest}
            peers:
              ids: [gw-b, gw-c]
              key_file: peer.key
              ping_after: 30s
              resync_after: 1m
              ping_interval: 5s
              resync_interval: 10s
              stash_interval: 5s
              stash_limit: 10000
              remember: {runs: 1000000, age: 10m}
              catch_up: 2s
              batch: 10ms
              message_limit: 256KiB
            partitions: {filters: [home/kitchen/#, '#'], copies: 1, read: ['#'], share: ''}
            stats_interval: 5s
            log_level: trace
            log_format: json
            """),
        file("configuration", "peers: {ids: [], batch: 0ms}\npartitions: {share: group}"),
        file("configuration", "peers: {ids: [b]}\npartitions: {copies: 2}"),
        file(
            "configuration",
            "broker: {url: 'mqtt://[::1]', version: 5, password_file: p, username: u}\nmax_payload: 4096"),
    ]

    static let wrong: [SchemaTrial.File] =
        [
            "[]", "text", "{}", "{phenomenon: p}", "{patterns: []}", "{phenomenon: p, patterns: []}",
            "{phenomenon: p, patterns: 3}", "{phenomenon: p, patterns: [3]}", "{phenomenon: p, patterns: [{}]}",
            "{phenomenon: 'a b', patterns: [{name: q, input: t, blocks: [{next: payload > 1}]}]}",
            "{phenomenon: p, descripton: x, patterns: [{name: q, input: t, blocks: [{next: payload > 1}]}]}",
            "{phenomenon: p, description: [x], patterns: [{name: q, input: t, blocks: [{next: payload > 1}]}]}",
        ].map { file("pattern", $0) }
        + [
            "inptu: t", "input: []", "input: 3", "input: home/#/x", "input: home/a+", "input: {where: payload > 1}",
            "input: [{on: []}]", "input: {on: t, wher: payload > 1}", "key: [levels]", "key: {a: b}", "key: ' '",
            "within: soon", "within: 5", "within: 1m1h", "within: []", "singleton: yes", "singleton: 1",
            "preconditions: payload > 1", "preconditions: [[payload > 1]]", "haltconditions: [{}]",
            "haltconditions: [{group: a, where: payload > 1}]", "max_runs: 0", "max_runs: many", "max_history: 1.5",
            "after_match: skip", "after_match: true", "rest: soon", "rest: {}", "rest: {for: soon}",
            "rest: {untl: payload}",
            "rest: [5s]", "state: []", "state: {where: payload > 1}", "state: 3", "emit: x", "emit: {dta: x}",
            "emit: {qos: 3}", "emit: {retain: yes}", "emit: {topic: 1}", "actions: {}",
            "actions: [{}]", "actions: [{log: text}]", "actions: [{log: {}}]", "actions: [{log: {message: 1}}]",
            "actions: [{log: {message: m, level: loud}}]", "actions: [{publish: {payload: x}}]",
            "actions: [{publish: {topic: t}, log: {message: m}}]", "actions: [{mail: {to: me}}]",
            "actions: [{publish: {topic: t, retained: true}}]", "actions: [{http: {}}]", "actions: [{http: {url: x}}]",
            "actions: [{http: {url: 'http://h/', method: A B}}]", "actions: [{http: {url: 'http://h/', retries: 11}}]",
            "actions: [{http: {url: 'http://h/', headers: {'a:': b}}}]", "actions: [{exec: {command: sleep 5}}]",
            "actions: [{exec: {command: []}}]", "actions: [{exec: {command: ['']}}]",
            "actions: [{exec: {command: [sleep, 5]}}]", "actions: [{exec: {command: [p], environment: {'a=b': c}}}]",
            "actions: [{sequence: []}]", "actions: [{sequence: [{log: {}}]}]",
            "actions: [{log: {message: m}, stop_on_failure: true}]",
        ].map { pattern($0) }
        + [
            "[]", "{}", "3", "[3]", "[{}]", "[{group: a}]", "[{next: payload > 1, followed_by: payload > 1}]",
            "[{next: [payload > 1]}]", "[{next: }]", "[{followed_by_any: payload > 1}]", "[{followed_by_any: []}]",
            "[{folowed_by: payload > 1}]", "[{next: payload > 1, group: a-b}]", "[{next: payload > 1, group: 1}]",
            "[{next: payload > 1, times: 0}]", "[{next: payload > 1, times: 1001}]", "[{next: payload > 1, times: x}]",
            "[{next: payload > 1, for: 1s}]", "[{next: payload > 1, loop: 1}]",
            "[{next: payload > 1, unless: payload > 2}]",
            "[{next: payload > 1, unless: []}]", "[{next: {on: t, group: a}}]", "[{next: {}}]",
            "[{next: payload > 1, times: {}}]", "[{followed_by: payload > 1, times: {max: 2}}, {next: payload > 1}]",
            "[{followed_by: payload > 1, times: {min: x}}, {next: payload > 1}]", "[{all_of: payload > 1}]",
            "[{all_of: []}]", "[{next: payload > 1, restart: true}]", "[{next: payload > 1, only_if: payload > 1}]",
            // First blocks.
            "[{absent: payload > 1, for: 1s}]", "[{not_next: payload > 1}, {next: payload > 1}]",
            "[{followed_by: payload > 1, loop: true}, {next: payload > 1}]",
            "[{followed_by: payload > 1, optional: true}, {next: payload > 1}]",
            // Options that exclude each other.
            "[{next: payload > 1}, {absent: payload > 1}]", "[{next: payload > 1}, {absent: payload > 1, for: soon}]",
            "[{next: payload > 1}, {absent: payload > 1, for: 1s, loop: true}]",
            "[{next: payload > 1}, {absent: payload > 1, for: 1s, times: 2}]",
            "[{next: payload > 1}, {followed_by: payload > 1, loop: true, optional: true}, {next: payload > 1}]",
            "[{next: payload > 1}, {next: payload > 1, optional: true}, {next: payload > 1}]",
            "[{next: payload > 1}, {next: payload > 1, times: {min: 1}}, {next: payload > 1}]",
            "[{next: payload > 1}, {followed_by: payload > 1, until: payload > 2}, {next: payload > 1}]",
            "[{next: payload > 1}, {followed_by: payload > 1, times: {min: 1, max: 2}, until: payload > 2}, {next: payload > 1}]",
            "[{next: payload > 1}, {all_of: [payload > 1], loop: true}, {next: payload > 1}]",
            "[{next: payload > 1}, {absent: payload > 1, for: 1s, restart: 1}]",
            "[{next: payload > 1}, {not_followed_by: payload > 1, loop: true}, {next: payload > 1}]",
            "[{next: payload > 1}, {not_next: payload > 1, optional: true}, {next: payload > 1}]",
        ].map { pattern("", blocks: $0) }
        + [
            "[]", "text", "instanc: gw-a", "instance: 'a b'", "instance: 5", "prefix: a/b", "patterns: [a]",
            "patterns: ''",
            "timezone: [UTC]", "broker: mqtt://localhost", "broker: {urll: x}", "broker: {url: http://localhost}",
            "broker: {url: 'mqtt://a:b@localhost'}", "broker: {version: 4}", "broker: {client_id: ''}",
            "broker: {url: mqtt://h, username: u, password: a, password_file: b}", "broker: {password: 1234}",
            "broker: {keep_alive: 10}", "sensors: {}", "sensors: [{}]", "sensors: [{filter: a/#/b}]",
            "sensors: [{filter: a, qos: 3}]", "sensors: [{filter: a, retained: yes}]",
            "sensors: [{filter: a, format: xml}]",
            "sensors: [{filter: a, timestmp: ts}]", "max_lateness: 1", "late: perhaps", "max_ahead: -1s",
            "max_payload: 1MB",
            "max_payload: 0", "max_state: 0", "queue: []", "queue: {size: 0}", "queue: {when_full: explode}",
            "queue: {siz: 1}", "stats_interval: often", "peers: []", "peers: {ids: b}", "peers: {ids: [b, b]}",
            "peers: {ids: ['a b']}", "peers: {ping_after: 5}", "peers: {remember: 5}", "peers: {remember: {age: 1}}",
            "peers: {stash_limit: 0}", "peers: {message_limit: 1MB}", "peers: {id: [b]}", "partitions: {filters: a}",
            "partitions: {filters: [a/#/b]}", "partitions: {copies: 3}", "partitions: {read: ['']}",
            "partitions: {share: a/b}", "log_level: loud", "log_format: xml",
        ].map { file("configuration", $0) }
}
