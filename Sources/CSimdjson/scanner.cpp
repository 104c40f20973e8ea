#include "scanner.h"
#include "digits.h"

using namespace simdjson;

namespace {

// Levels that are followed here; what is deeper goes the other way.
constexpr size_t deepest = 256;
// Bytes that are looked at together.
constexpr size_t chunk = 1 << 16;
// Places of tokens are 32-bit numbers.
constexpr size_t longest = UINT32_MAX / 2;

inline bool is_space(uint8_t c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

} // namespace

// The byte behind is no part of a token, so that no walk goes beyond it.
bool scanner::find_tokens(const char *text, size_t length) {
    if (length > capacity) {
        size_t wanted = length < 2 * chunk ? 2 * chunk : length;
        if (stage.allocate(wanted, out.max_depth + 1)) return false;
        capacity = wanted;
    }
    bytes = (const uint8_t *)text;
    at = 0;
    if (stage.implementation->stage1(bytes, length, stage1_mode::regular)) return false;
    index = stage.implementation->structural_indexes.get();
    plain = std::memchr(text, '\\', length) == nullptr;
    return true;
}

bool scanner::document(const char *text, size_t length, bool &is_map) {
    if (length == 0 || length > longest || !find_tokens(text, length)) return false;
    ++documents;
    is_map = token() == '{';
    return walk(out.root, 0) && index[at] >= length;
}

void scanner::begin(const char *text, size_t length) {
    from = chunk_end = text;
    end = text + length;
}

// So many lines that their tokens stay in the processor's nearer caches.
void scanner::begin_chunk() {
    base = from;
    chunk_end = end;
    if ((size_t)(end - from) > chunk) {
        auto last = (const char *)memrchr(from, '\n', chunk);
        if (!last) last = (const char *)std::memchr(from, '\n', end - from);
        chunk_end = last + 1;
    }
    size_t length = chunk_end - from - 1;
    line_by_line = length > longest || !find_tokens(from, length);
}

size_t scanner::next(bobo_scanned_line *lines, size_t count, size_t enough) {
    out.keep();
    out.clear();
    size_t number = 0, founds = 0, nodes = 0;
    while (number < count && out.tape.size() < enough) {
        bobo_scanned_line &line = lines[number];
        line.kind = next(line);
        if (line.kind == bobo_scanned_end) break;
        if (line.kind != bobo_scanned_whole) {
            out.found.resize(founds);
            out.tape.resize(nodes);
        }
        line.found_count = out.found.size() - founds;
        line.tape_count = out.tape.size() - nodes;
        founds = out.found.size();
        nodes = out.tape.size();
        ++number;
    }
    // Where they lie is known only now; places on the tape are counted from each line's first.
    founds = nodes = 0;
    for (size_t i = 0; i < number; ++i) {
        lines[i].found = out.found.data() + founds;
        lines[i].tape = out.tape.data() + nodes;
        for (size_t at = founds; at < founds + lines[i].found_count; ++at)
            if (out.found[at].tape != UINT32_MAX) out.found[at].tape -= (uint32_t)nodes;
        founds += lines[i].found_count;
        nodes += lines[i].tape_count;
    }
    return number;
}

int scanner::next(bobo_scanned_line &line) {
    if (from >= end) return bobo_scanned_end;
    if (known.match(from, end - from, line)) {
        from = line.line + line.line_length + 1;
        return bobo_scanned_whole;
    }
    if (from >= chunk_end) begin_chunk();
    if (!line_by_line)
        while (index[at] < (size_t)(from - base)) ++at;
    auto stop = (const char *)std::memchr(from, '\n', chunk_end - from);
    line.line = from;
    line.line_length = stop - from;
    from = stop + 1;
    size_t limit = stop - base;
    if (line_by_line) {
        base = line.line;
        limit = line.line_length;
        while (limit > 0 && is_space((uint8_t)base[limit - 1])) --limit;
        if (limit == 0) return bobo_scanned_blank;
        if (limit > longest || !find_tokens(base, limit)) return bobo_scanned_not;
    }
    if (index[at] >= limit) return bobo_scanned_blank;
    uint32_t first = at;
    if (this->line(limit, line)) {
        bool is_bare = index[first] == (size_t)(line.line - base) && bytes[limit] == '\n';
        if (is_bare) known.learn({bytes, index, first}, limit);
        return bobo_scanned_whole;
    }
    at = first;
    while (index[at] < limit) ++at;
    return bobo_scanned_not;
}

bool scanner::line(size_t limit, bobo_scanned_line &line) {
    bool has_ts = false, has_topic = false, has_payload = false;
    if (token() != '{') return false;
    do {
        ++at;
        std::string_view key;
        if (token() != '"' || !text(key)) return false;
        ++at;
        if (token() != ':') return false;
        ++at;
        if (key == "ts") {
            if (has_ts || !whole(line.ts)) return false;
            has_ts = true;
            ++at;
        } else if (key == "topic") {
            std::string_view name;
            if (has_topic || token() != '"' || !text(name)) return false;
            line.topic = name.data();
            line.topic_length = name.size();
            has_topic = true;
            ++at;
        } else if (key == "payload") {
            if (has_payload) return false;
            has_payload = true;
            ++documents;
            size_t start = index[at];
            line.root_is_map = bytes[start] == '{';
            if (!walk(out.root, 0)) return false;
            // It ends before the next token, without the spaces between.
            size_t stop = index[at];
            if (stop >= limit) return false;
            while (is_space(bytes[stop - 1])) --stop;
            line.content = (const char *)bytes + start;
            line.content_length = stop - start;
        } else {
            return false;
        }
    } while (token() == ',');
    if (token() != '}' || index[at] >= limit) return false;
    ++at;
    if (index[at] < limit) return false;
    return has_ts && has_topic && has_payload;
}

// The text that the token begins. One with an escape goes the other way.
inline bool scanner::text(std::string_view &text) {
    size_t start = index[at] + 1, stop = index[at + 1] - 1;
    while (bytes[stop] != '"') {
        if (stop < start || !is_space(bytes[stop])) return false;
        --stop;
    }
    if (stop < start) return false;
    text = std::string_view((const char *)bytes + start, stop - start);
    return plain || text.size() == 0 || std::memchr(text.data(), '\\', text.size()) == nullptr;
}

// Whether a number or a name ends here.
inline bool scanner::ends(size_t position) const {
    uint8_t c = bytes[position];
    return c == ',' || c == '}' || c == ']' || is_space(c) || position == index[at + 1];
}

inline bool scanner::literal(const char *name, size_t length) const {
    return std::memcmp(bytes + index[at], name, length) == 0 && ends(index[at] + length);
}

bool scanner::whole(int64_t &value) const {
    size_t position = index[at];
    bool negative = bytes[position] == '-';
    if (negative) ++position;
    size_t start = position;
    uint64_t number = 0;
    position = read_digits(bytes, position, number);
    size_t digits = position - start;
    if (digits == 0 || digits > 18 || (digits > 1 && bytes[start] == '0') || !ends(position)) return false;
    value = negative ? -(int64_t)number : (int64_t)number;
    return true;
}

// A number of which no one wants to know more. What is not read here goes the other way.
inline bool scanner::number_is_sound(size_t position) const {
    size_t end = behind_number(bytes, position);
    return end != 0 && ends(end);
}

inline bool scanner::put_number(size_t position) {
    double value;
    size_t end = read_number(bytes, position, value);
    if (end == 0 || !ends(end)) return false;
    out.put_number(value);
    return true;
}

bool scanner::walk(branch &place, size_t depth) {
    bool map = token() == '{';
    if (place.path != UINT32_MAX) {
        if (place.wanted || !map) {
            size_t start = out.tape.size();
            if (map && !place.below.empty()) {
                if (!flatten(depth)) return false;
                out.visit_tape(place, start);
                return true;
            }
            out.found.push_back({place.path, (uint32_t)start});
            return flatten(depth);
        }
        out.found.push_back({place.path, UINT32_MAX});
    }
    if (!map || place.below.empty() || depth >= deepest) return skip(depth);
    ++at;
    if (token() == '}') {
        ++at;
        return true;
    }
    for (size_t number = 0;; ++number) {
        std::string_view name;
        if (token() != '"' || !text(name)) return false;
        ++at;
        if (token() != ':') return false;
        ++at;
        branch *child = place.find(name, number);
        if (!child) {
            if (!skip(depth + 1)) return false;
        } else {
            // Of a name given twice the last counts.
            if (child->met == documents) return false;
            child->met = documents;
            if (!walk(*child, depth + 1)) return false;
        }
        uint8_t c = token();
        ++at;
        if (c == '}') return true;
        if (c != ',') return false;
    }
}

bool scanner::skip(size_t depth) {
    uint64_t maps[deepest / 64 + 1];
    size_t level = 0;
    std::string_view ignored;
value:
    switch (token()) {
    case '"':
        if (!text(ignored)) return false;
        break;
    case '{':
    case '[': {
        bool map = token() == '{';
        ++at;
        if (token() == (map ? '}' : ']')) break;
        if (depth + level >= deepest) return false;
        uint64_t bit = 1ull << (level % 64);
        if (map) maps[level / 64] |= bit; else maps[level / 64] &= ~bit;
        ++level;
        if (map) goto key;
        goto value;
    }
    case 't':
        if (!literal("true", 4)) return false;
        break;
    case 'f':
        if (!literal("false", 5)) return false;
        break;
    case 'n':
        if (!literal("null", 4)) return false;
        break;
    default:
        if (!number_is_sound(index[at])) return false;
    }
    ++at;
after:
    if (level == 0) return true;
    {
        bool map = maps[(level - 1) / 64] >> ((level - 1) % 64) & 1;
        uint8_t c = token();
        ++at;
        if (c == ',') {
            if (map) goto key;
            goto value;
        }
        if (c != (map ? '}' : ']')) return false;
        --level;
        goto after;
    }
key:
    if (token() != '"' || !text(ignored)) return false;
    ++at;
    if (token() != ':') return false;
    ++at;
    goto value;
}

bool scanner::flatten(size_t depth) {
    switch (token()) {
    case '"': {
        std::string_view found;
        if (!text(found)) return false;
        out.put_text(found);
        break;
    }
    case 't':
        if (!literal("true", 4)) return false;
        out.put(bobo_json_true);
        break;
    case 'f':
        if (!literal("false", 5)) return false;
        out.put(bobo_json_false);
        break;
    case 'n':
        if (!literal("null", 4)) return false;
        out.put(bobo_json_null);
        break;
    case '{':
    case '[': {
        if (depth >= deepest) return false;
        bool map = token() == '{';
        size_t start = out.tape.size();
        uint32_t count = 0;
        out.put(map ? bobo_json_map : bobo_json_list);
        ++at;
        if (token() == (map ? '}' : ']')) break;
        while (true) {
            if (map) {
                std::string_view name;
                if (token() != '"' || !text(name)) return false;
                out.put_text(name);
                ++at;
                if (token() != ':') return false;
                ++at;
            }
            if (!flatten(depth + 1)) return false;
            ++count;
            uint8_t c = token();
            if (c == (map ? '}' : ']')) break;
            if (c != ',') return false;
            ++at;
        }
        out.tape[start].count = count;
        break;
    }
    default:
        if (!put_number(index[at])) return false;
    }
    ++at;
    return true;
}
