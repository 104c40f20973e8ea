// limit EVENTS: the sequence of w1 and nothing else, by hand, on simdjson's parser: what a program for any pattern can be
// compared with. Runs never end by time. Prints `EVENTS MATCHES SECONDS`, the CPU time of parsing and matching.
#include <cstdio>
#include <cstring>
#include <ctime>
#include <simdjson.h>
#include <vector>

using namespace simdjson;

struct device {
    std::vector<int> a, b;   // the runs that wait for B, and for C: the event that each began with
};

static double cpu() {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    padded_string text;
    if (argc < 2 || padded_string::load(argv[1]).get(text)) return fprintf(stderr, "usage: limit EVENTS\n"), 64;
    std::vector<device> devices(10000);
    ondemand::parser parser;
    double start = cpu();
    long events = 0, matches = 0;
    const char *at = text.data(), *end = at + text.size();
    while (at < end) {
        const char *line = (const char *)memchr(at, '\n', end - at);
        size_t length = (line ? line : end) - at;
        ondemand::document document;
        ondemand::object payload;
        int64_t time;
        std::string_view topic, name, type;
        double value;
        if (parser.iterate(at, length, end - at + SIMDJSON_PADDING).get(document) || document["ts"].get(time)
            || document["topic"].get(topic) || document["payload"].get(payload) || payload["device"].get(name)
            || payload["type"].get(type) || payload["value"].get(value) || name.size() != 8)
            return fprintf(stderr, "line %ld\n", events + 1), 65;
        device &one = devices[(name[4] - '0') * 1000 + (name[5] - '0') * 100 + (name[6] - '0') * 10 + name[7] - '0'];
        switch (type[0]) {
        case 'A': if (value > 50) one.a.push_back(events); break;
        case 'B': one.b.insert(one.b.end(), one.a.begin(), one.a.end()), one.a.clear(); break;
        case 'C': matches += one.b.size(), one.b.clear(); break;
        }
        events++;
        at += length + 1;
    }
    printf("%ld %ld %.6f\n", events, matches, cpu() - start);
}
