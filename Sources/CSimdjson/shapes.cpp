#include "shapes.h"
#include "digits.h"
#include "texts.h"

#include <algorithm>

#include <simdjson.h>

namespace {

// So many nodes, and so many ways on from one, are kept.
constexpr size_t most_nodes = 512, most_ways = 16;
// Lines not known after which it begins anew.
constexpr size_t most_misses = 1 << 14;
// Of a line that is learned.
constexpr size_t longest = 1 << 12, deepest = 16;

// Behind a name that is a value, or 0.
inline size_t behind_name(const uint8_t *bytes, size_t from) {
    if (std::memcmp(bytes + from, "true", 4) == 0 || std::memcmp(bytes + from, "null", 4) == 0) return from + 4;
    return std::memcmp(bytes + from, "false", 5) == 0 ? from + 5 : 0;
}

// Behind a whole number of at most 18 digits, all of them, as of `ts`; or 0.
inline size_t read_whole(const uint8_t *bytes, size_t from, int64_t &value) {
    uint64_t number = 0;
    size_t to = read_digits(bytes, from, number), count = to - from;
    value = (int64_t)number;
    return count - 1 < 18 && (bytes[from] != '0' || count == 1) ? to : 0;
}

// Behind a text without an escape, at its quote if it is one; or 0.
inline size_t behind_text(const uint8_t *bytes, size_t from) {
    bool others;
    size_t to = behind_characters(bytes, from, others);
    return !others || simdjson::validate_utf8((const char *)bytes + from, to - from) ? to : 0;
}

} // namespace

// Behind it may lie so little that no more than 16 bytes are readable.
__attribute__((always_inline)) inline bool shapes::node::begins(const uint8_t *bytes, size_t room) const {
    uint64_t there[2];
    std::memcpy(there, bytes, 16);
    if ((((there[0] ^ words[0]) & masks[0]) | ((there[1] ^ words[1]) & masks[1])) != 0) return false;
    if (length <= 16) return true;
    if (length > room) return false;
    std::memcpy(there, bytes + length - 16, 16);
    if (((there[0] ^ last[0]) | (there[1] ^ last[1])) != 0) return false;
    return length <= 32 || std::memcmp(bytes + 16, literal + 16, length - 32) == 0;
}

// Takes a value of the node's kind, and returns where it ends; 0 where it is none.
__attribute__((always_inline)) inline size_t shapes::take(const node &node, const uint8_t *bytes, size_t from, bobo_scanned_line &line) {
    size_t to;
    switch (node.kind) {
    case value::text:
        // That a quote stands at its end is for the next literal to see.
        to = behind_text(bytes, from);
        if (to == 0 || node.path == UINT32_MAX) return to;
        out.found.push_back({node.path, (uint32_t)out.tape.size()});
        out.put_text(std::string_view((const char *)bytes + from, to - from));
        return to;
    case value::number: {
        if (node.path == UINT32_MAX) return behind_number(bytes, from);
        double number;
        const digits first(bytes + from);
        const size_t count = first.count();
        if (count - 1 < 7 && bytes[from + count] != '.' && (bytes[from] != '0' || count == 1)) {
            // Mostly they are so small.
            number = first.number(count);
            to = from + count;
        } else if ((to = read_number(bytes, from, number)) == 0) {
            return 0;
        }
        out.found.push_back({node.path, (uint32_t)out.tape.size()});
        out.put_number(number);
        return to;
    }
    case value::name:
        to = behind_name(bytes, from);
        if (to == 0 || node.path == UINT32_MAX) return to;
        out.found.push_back({node.path, (uint32_t)out.tape.size()});
        out.put(bytes[from] == 't' ? bobo_json_true : bytes[from] == 'f' ? bobo_json_false : bobo_json_null);
        return to;
    case value::ts: return read_whole(bytes, from, line.ts);
    case value::topic:
        to = behind_text(bytes, from);
        line.topic = (const char *)bytes + from;
        line.topic_length = to - from;
        return to;
    case value::end: break;
    }
    return 0;
}

bool shapes::match(const char *lines, size_t length, bobo_scanned_line &line) {
    const uint8_t *bytes = (const uint8_t *)lines;
    const size_t found = out.found.size(), tape = out.tape.size();
    size_t from = 0, content = 0, content_end = 0;
    const node *next = root.below;
    while (next) {
        if (!next->begins(bytes + from, length - from)) {
            next = next->beside;
            continue;
        }
        const size_t start = from + next->length;
        size_t maps = SIZE_MAX;
        if (next->is_bound) {
            maps = out.found.size();
            for (uint32_t path : next->maps) out.found.push_back({path, UINT32_MAX});
            if (next->content != UINT32_MAX) content = from + next->content;
            if (next->content_end != UINT32_MAX) content_end = from + next->content_end;
        }
        if (next->kind == value::end) {
            line.line = lines;
            line.line_length = start - 1;
            line.content = lines + content;
            line.content_length = content_end - content;
            line.root_is_map = 1;
            return true;
        }
        const size_t stop = take(*next, bytes, start, line);
        if (stop == 0) {
            if (maps != SIZE_MAX) out.found.resize(maps);
            next = next->beside;
            continue;
        }
        from = stop;
        next = next->below;
    }
    out.found.resize(found);
    out.tape.resize(tape);
    return false;
}

// The way through one line.
class shapes::lesson {
  public:
    lesson(shapes &shapes, const tokens &tokens, size_t limit)
        : shapes(shapes), bytes(tokens.bytes), index(tokens.index), at(tokens.at), from(index[at]), limit(limit), here(&shapes.root) {}

    bool line() {
        do {
            std::string_view name;
            ++at;
            if (!member(name)) return false;
            if (name == "ts") {
                if (!value(value::ts, UINT32_MAX)) return false;
            } else if (name == "topic") {
                if (!value(value::topic, UINT32_MAX)) return false;
            } else {
                if (token() != '{') return false;
                next.content = (uint32_t)(index[at] - from);
                if (!read(&shapes.out.root, 0)) return false;
                next.content_end = (uint32_t)(index[at - 1] + 1 - from);
            }
        } while (token() == ',');
        ++at;
        return step(value::end, limit + 1);
    }

  private:
    shapes &shapes;
    const uint8_t *bytes;
    const uint32_t *index;
    uint32_t at; // the token at hand
    size_t from, limit;
    node *here;
    node next;

    uint8_t token() const { return bytes[index[at]]; }

    // A name that is known to be sound, with its colon.
    bool member(std::string_view &name) {
        size_t start = index[at] + 1, stop = index[at + 1] - 1;
        if (stop < start || bytes[stop] != '"') return false;
        name = std::string_view((const char *)bytes + start, stop - start);
        at += 2;
        return true;
    }

    bool read(branch *place, size_t depth) {
        bool known = place && place->path != UINT32_MAX;
        uint8_t c = token();
        if (c == '{') {
            if (depth >= deepest || (known && place->wanted)) return false;
            if (known) next.maps.push_back(place->path);
            if (place && place->below.empty()) place = nullptr;
            ++at;
            if (token() == '}') {
                ++at;
                return true;
            }
            while (true) {
                std::string_view name;
                if (!member(name) || !read(place ? place->find(name) : nullptr, depth + 1)) return false;
                uint8_t then = token();
                ++at;
                if (then == '}') return true;
            }
        }
        uint32_t path = known ? place->path : UINT32_MAX;
        if (c == '"') return value(value::text, path);
        if (c == 't' || c == 'f' || c == 'n') return value(value::name, path);
        return c != '[' && value(value::number, path);
    }

    // A value that is known to be sound, at hand.
    bool value(enum value kind, uint32_t path) {
        bool is_text = kind == value::text || kind == value::topic;
        next.path = path;
        if (!step(kind, index[at] + is_text)) return false;
        ++at;
        from = index[at] - is_text;
        // Spaces behind a value are seldom.
        return is_text ? bytes[from] == '"' : bytes[from - 1] > ' ';
    }

    // Goes on by a node whose literal ends at a place.
    bool step(enum value kind, size_t end) {
        if (end - from > longest) return false;
        next.kind = kind;
        next.text.assign((const char *)bytes + from, end - from);
        node fresh;
        std::swap(fresh, next);
        size_t ways = 0;
        for (node *way = here->below; way; way = way->beside) {
            if (way->kind == kind && way->text == fresh.text) {
                here = way;
                return true;
            }
            ++ways;
        }
        if (shapes.nodes.size() >= most_nodes || ways >= most_ways) return false;
        shapes.nodes.push_back(std::move(fresh));
        node &added = shapes.nodes.back();
        added.literal = added.text.data();
        added.length = (uint32_t)added.text.size();
        added.is_bound = !added.maps.empty() || added.content != UINT32_MAX || added.content_end != UINT32_MAX;
        size_t compared = std::min<size_t>(16, added.length);
        std::memcpy(added.words, added.literal, compared);
        std::memset(added.masks, 0xFF, compared);
        if (added.length > 16) std::memcpy(added.last, added.literal + added.length - 16, 16);
        added.beside = here->below;
        here->below = &added;
        here = &added;
        return true;
    }
};

void shapes::learn(tokens tokens, size_t limit) {
    if (++misses > most_misses) clear();
    if (wait > 0) {
        --wait;
        return;
    }
    if (limit - tokens.index[tokens.at] <= longest && lesson(*this, tokens, limit).line()) return;
    // Of lines that cannot be learned from there are more, perhaps.
    pause = std::min<size_t>(2 * pause + 1, 1023);
    wait = pause;
}
