#include "shapes.h"
#include "digits.h"

#include <algorithm>

namespace {

// So many nodes, and so many ways on from one, are kept.
constexpr size_t most_nodes = 512, most_ways = 16;
// Lines not known after which it begins anew.
constexpr size_t most_misses = 1 << 14;
// Of a line that is learned.
constexpr size_t longest = 1 << 12, deepest = 16;

inline bool is_name(const uint8_t *bytes, size_t length) {
    return (length == 4 && (std::memcmp(bytes, "true", 4) == 0 || std::memcmp(bytes, "null", 4) == 0)) ||
           (length == 5 && std::memcmp(bytes, "false", 5) == 0);
}

// Whether it is a whole number of at most 8 digits, all of them.
inline bool is_whole(const uint8_t *bytes, size_t from, size_t length) {
    return length - 1 < 8 && (bytes[from] != '0' || length == 1) && digits(bytes + from).has(length);
}

// A whole number of at most 16 digits, all of them, as of `ts`.
inline bool read_whole(const uint8_t *bytes, size_t from, size_t length, int64_t &value) {
    if (length - 1 >= 16 || (bytes[from] == '0' && length > 1)) return false;
    digits first(bytes + from);
    if (length <= 8) {
        value = first.number(length);
        return first.has(length);
    }
    digits rest(bytes + from + 8);
    size_t count = length - 8;
    value = (int64_t)((uint64_t)first.number(8) * small_tens[count] + rest.number(count));
    return first.has(8) && rest.has(count);
}

} // namespace

__attribute__((always_inline)) inline bool shapes::node::begins(const uint8_t *bytes) const {
    uint64_t there[2];
    std::memcpy(there, bytes, 16);
    if ((((there[0] ^ words[0]) & masks[0]) | ((there[1] ^ words[1]) & masks[1])) != 0) return false;
    return length <= 16 || std::memcmp(bytes + 16, literal + 16, length - 16) == 0;
}

// Takes a value of the node's kind; false where it is none.
__attribute__((always_inline)) inline bool shapes::take(const node &node, const uint8_t *bytes, size_t from, size_t to, bool plain, bobo_scanned_line &line) {
    switch (node.kind) {
    case value::text: {
        // That a quote stands at `to` is for the next literal to see.
        if (to < from || (!plain && std::memchr(bytes + from, '\\', to - from))) return false;
        if (node.path == UINT32_MAX) return true;
        out.found.push_back({node.path, (uint32_t)out.tape.size()});
        out.put_text(std::string_view((const char *)bytes + from, to - from));
        return true;
    }
    case value::number: {
        if (node.path == UINT32_MAX) return is_whole(bytes, from, to - from) || behind_number(bytes, from) == to;
        int64_t whole;
        double number;
        if (to - from <= 15 && read_whole(bytes, from, to - from, whole)) number = (double)whole;
        else if (read_number(bytes, from, number) != to) return false;
        out.found.push_back({node.path, (uint32_t)out.tape.size()});
        out.put_number(number);
        return true;
    }
    case value::name:
        if (!is_name(bytes + from, to - from)) return false;
        if (node.path == UINT32_MAX) return true;
        out.found.push_back({node.path, (uint32_t)out.tape.size()});
        out.put(bytes[from] == 't' ? bobo_json_true : bytes[from] == 'f' ? bobo_json_false : bobo_json_null);
        return true;
    case value::ts: return read_whole(bytes, from, to - from, line.ts);
    case value::topic:
        if (to < from || (!plain && std::memchr(bytes + from, '\\', to - from))) return false;
        line.topic = (const char *)bytes + from;
        line.topic_length = to - from;
        return true;
    case value::end: break;
    }
    return false;
}

bool shapes::match(tokens &tokens, bobo_scanned_line &line) {
    const uint8_t *bytes = tokens.bytes;
    const uint32_t *index = tokens.index;
    const bool plain = tokens.plain;
    const size_t found = out.found.size(), tape = out.tape.size();
    uint32_t at = tokens.at;
    const size_t begin = index[at];
    size_t from = begin, content = 0, content_end = 0;
    const node *next = root.below;
    while (next) {
        if (!next->begins(bytes + from)) {
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
            line.line = (const char *)bytes + begin;
            line.line_length = start - 1 - begin;
            line.content = (const char *)bytes + content;
            line.content_length = content_end - content;
            line.root_is_map = 1;
            tokens.at = at + next->tokens;
            return true;
        }
        const bool is_text = next->kind == value::text || next->kind == value::topic;
        const uint32_t token = at + next->tokens;
        const size_t stop = index[token + 1] - is_text;
        if (index[token] != start - is_text || !take(*next, bytes, start, stop, plain, line)) {
            if (maps != SIZE_MAX) out.found.resize(maps);
            next = next->beside;
            continue;
        }
        at = token + 1;
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
        : shapes(shapes), bytes(tokens.bytes), index(tokens.index), at(tokens.at), first(tokens.at), from(index[at]), limit(limit), here(&shapes.root) {}

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
    uint32_t at, first; // the token at hand, and that which the literal begins with or before
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
        first = at;
        from = index[at] - is_text;
        // Spaces behind a value are seldom.
        return is_text ? bytes[from] == '"' : bytes[from - 1] > ' ';
    }

    // Goes on by a node whose literal ends at a place.
    bool step(enum value kind, size_t end) {
        if (end - from > longest) return false;
        next.kind = kind;
        next.text.assign((const char *)bytes + from, end - from);
        next.tokens = at - first;
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
