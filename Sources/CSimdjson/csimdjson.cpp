#include "csimdjson.h"
#include "number.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

using namespace simdjson;

namespace {

// The wanted paths as a tree of names. Few names stand at one level, so a linear search beats hashing.
struct branch {
    std::string name;
    uint32_t path = UINT32_MAX; // where it is known by number
    bool wanted = false;
    std::vector<std::unique_ptr<branch>> below;

    branch *find(std::string_view text) {
        for (auto &child : below)
            if (child->name == text) return child.get();
        return nullptr;
    }
};

constexpr double exact = 9007199254740992.0; // 2^53

// Later versions of simdjson have an error of its own for a whole number beyond 64 bits, which 3.0 does not name.
bool concerns_number(error_code error) {
    return error == NUMBER_ERROR || std::strstr(error_message(error), "64 bits") != nullptr;
}

} // namespace

struct bobo_json_parser {
    dom::parser dom;
    ondemand::parser ondemand;
    size_t max_depth;
    branch root;
    std::vector<bobo_json_found> found;
    std::vector<bobo_json_node> tape;
    std::vector<std::unique_ptr<std::string>> texts; // those of the slow way, unescaped

    explicit bobo_json_parser(size_t depth) : max_depth(depth) {
        // simdjson counts the document itself as one level, and refuses at its limit.
        (void)dom.allocate(1 << 16, depth + 1);
        (void)ondemand.allocate(1 << 16, depth + 1);
    }

    void put(uint32_t kind, uint32_t count = 0) {
        bobo_json_node node{};
        node.kind = kind;
        node.count = count;
        tape.push_back(node);
    }
    void put_number(double value) {
        put(bobo_json_number);
        tape.back().number = value;
    }
    void put_integer(int64_t value) {
        if (value >= -(int64_t)exact && value <= (int64_t)exact) {
            put_number((double)value);
        } else {
            put(bobo_json_integer);
            tape.back().integer = value;
        }
    }
    void put_text(std::string_view text) {
        put(bobo_json_text, (uint32_t)text.size());
        tape.back().text = text.data();
    }

    void flatten(dom::element element) {
        switch (element.type()) {
        case dom::element_type::NULL_VALUE: put(bobo_json_null); break;
        case dom::element_type::BOOL: put(bool(element.get_bool().value_unsafe()) ? bobo_json_true : bobo_json_false); break;
        case dom::element_type::INT64: put_integer(element.get_int64().value_unsafe()); break;
        case dom::element_type::UINT64: put_number((double)element.get_uint64().value_unsafe()); break;
        case dom::element_type::DOUBLE: put_number(element.get_double().value_unsafe()); break;
        case dom::element_type::STRING: put_text(element.get_string().value_unsafe()); break;
        case dom::element_type::ARRAY: {
            auto array = element.get_array().value_unsafe();
            size_t at = tape.size();
            put(bobo_json_list);
            uint32_t count = 0;
            for (auto child : array) { flatten(child); ++count; }
            tape[at].count = count;
            break;
        }
        case dom::element_type::OBJECT: {
            auto object = element.get_object().value_unsafe();
            size_t at = tape.size();
            put(bobo_json_map);
            uint32_t count = 0;
            for (auto field : object) { put_text(field.key); flatten(field.value); ++count; }
            tape[at].count = count;
            break;
        }
        }
    }

    // Of a name given twice the last counts: what an earlier one had brought is taken back.
    void forget(const branch &place, size_t from) {
        size_t keep = from;
        for (size_t i = from; i < found.size(); ++i)
            if (!within(place, found[i].path)) found[keep++] = found[i];
        found.resize(keep);
    }
    static bool within(const branch &place, uint32_t path) {
        if (place.path == path) return true;
        for (auto &child : place.below)
            if (within(*child, path)) return true;
        return false;
    }

    void visit(branch &place, dom::element element) {
        bool map = element.is_object();
        if (place.path != UINT32_MAX) {
            if (place.wanted || !map) {
                found.push_back({place.path, (uint32_t)tape.size()});
                flatten(element);
            } else {
                found.push_back({place.path, UINT32_MAX});
            }
        }
        if (!map || place.below.empty()) return;
        size_t from = found.size();
        size_t met = 0;
        // Held by a name: a range in a `for` does not keep the result alive that it is taken from.
        const dom::object members = element.get_object().value_unsafe();
        for (auto field : members) {
            branch *child = place.find(field.key);
            if (!child) continue;
            if (met > 0) forget(*child, from);
            visit(*child, field.value);
            ++met;
        }
    }

    // simdjson takes an empty list or map for no level.
    bool too_deep(const char *bytes, size_t length, dom::element element) const {
        if (length < 2 * (max_depth + 1)) return false;
        size_t openings = 0;
        for (size_t i = 0; i < length; ++i) openings += (bytes[i] == '[') + (bytes[i] == '{');
        return openings > max_depth && deeper(element, 0);
    }
    bool deeper(dom::element element, size_t depth) const {
        if (element.is_array()) {
            if (depth >= max_depth) return true;
            const dom::array elements = element.get_array().value_unsafe();
            for (auto child : elements)
                if (deeper(child, depth + 1)) return true;
        } else if (element.is_object()) {
            if (depth >= max_depth) return true;
            const dom::object members = element.get_object().value_unsafe();
            for (auto field : members)
                if (deeper(field.value, depth + 1)) return true;
        }
        return false;
    }

    // The slow way, for numbers that fit no 64-bit integer: each token is read by itself.
    bool flatten_slowly(ondemand::value value, size_t depth) {
        ondemand::json_type type;
        if (value.type().get(type)) return false;
        switch (type) {
        case ondemand::json_type::null: {
            bool is = false;
            if (value.is_null().get(is) || !is) return false;
            put(bobo_json_null);
            return true;
        }
        case ondemand::json_type::boolean: {
            bool is;
            if (value.get_bool().get(is)) return false;
            put(is ? bobo_json_true : bobo_json_false);
            return true;
        }
        case ondemand::json_type::number: return number_slowly(value.raw_json_token());
        case ondemand::json_type::string: {
            std::string_view text;
            if (value.get_string().get(text)) return false;
            texts.push_back(std::make_unique<std::string>(text));
            put_text(*texts.back());
            return true;
        }
        case ondemand::json_type::array: {
            if (depth >= max_depth) return false;
            ondemand::array array;
            if (value.get_array().get(array)) return false;
            size_t at = tape.size();
            put(bobo_json_list);
            uint32_t count = 0;
            for (auto child : array) {
                ondemand::value element;
                if (child.get(element) || !flatten_slowly(element, depth + 1)) return false;
                ++count;
            }
            tape[at].count = count;
            return true;
        }
        case ondemand::json_type::object: {
            if (depth >= max_depth) return false;
            ondemand::object object;
            if (value.get_object().get(object)) return false;
            size_t at = tape.size();
            put(bobo_json_map);
            uint32_t count = 0;
            for (auto pair : object) {
                ondemand::field field;
                if (std::move(pair).get(field)) return false;
                std::string_view key;
                if (field.unescaped_key().get(key)) return false;
                texts.push_back(std::make_unique<std::string>(key));
                put_text(*texts.back());
                if (!flatten_slowly(field.value(), depth + 1)) return false;
                ++count;
            }
            tape[at].count = count;
            return true;
        }
        }
        return false;
    }

    bool number_slowly(std::string_view token) {
        while (!token.empty() && (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' || token.back() == '\t'))
            token.remove_suffix(1);
        bool integer = true;
        if (!is_json_number(token, &integer)) return false;
        std::string text(token);
        if (integer) {
            errno = 0;
            long long value = strtoll(text.c_str(), nullptr, 10);
            if (errno == 0) { put_integer(value); return true; }
        }
        double value = strtod(text.c_str(), nullptr);
        if (!std::isfinite(value)) return false;
        put_number(value);
        return true;
    }

    // Skips one value of the tape.
    size_t after(size_t at) const {
        uint32_t kind = tape[at].kind, count = tape[at].count;
        ++at;
        if (kind == bobo_json_list) { for (uint32_t i = 0; i < count; ++i) at = after(at); }
        if (kind == bobo_json_map) { for (uint32_t i = 0; i < count; ++i) at = after(at + 1); }
        return at;
    }
    void visit_tape(branch &place, size_t at) {
        bool map = tape[at].kind == bobo_json_map;
        if (place.path != UINT32_MAX)
            found.push_back({place.path, place.wanted || !map ? (uint32_t)at : UINT32_MAX});
        if (!map) return;
        uint32_t count = tape[at].count;
        size_t from = found.size();
        ++at;
        for (uint32_t i = 0; i < count; ++i) {
            branch *child = place.find(std::string_view(tape[at].text, tape[at].count));
            if (child) { forget(*child, from); visit_tape(*child, at + 1); }
            at = after(at + 1);
        }
    }

    bool parse_slowly(const char *bytes, size_t length, int *root_is_map) {
        if (!validate_utf8(bytes, length)) return false;
        found.clear(); tape.clear(); texts.clear();
        // A scalar cannot be read as a value at the top of a document, so the text is read as the only element of a list.
        std::string text;
        text.reserve(length + 2 + bobo_json_padding);
        text += '['; text.append(bytes, length); text += ']';
        size_t size = text.size();
        text.append(bobo_json_padding, ' ');
        ondemand::parser parser;
        if (parser.allocate(size + bobo_json_padding, max_depth + 2)) return false;
        ondemand::document document;
        if (parser.iterate(text.data(), size, text.size()).get(document)) return false;
        ondemand::array array;
        if (document.get_array().get(array)) return false;
        size_t count = 0;
        for (auto child : array) {
            ondemand::value value;
            if (child.get(value) || !flatten_slowly(value, 0)) return false;
            ++count;
        }
        const char *rest;
        if (count != 1 || document.current_location().get(rest) != OUT_OF_BOUNDS) return false;
        *root_is_map = tape[0].kind == bobo_json_map;
        visit_tape(root, 0);
        return true;
    }
};

extern "C" bobo_json_parser *bobo_json_new(size_t max_depth) { return new bobo_json_parser(max_depth); }
extern "C" void bobo_json_free(bobo_json_parser *parser) { delete parser; }

extern "C" void bobo_json_want(bobo_json_parser *parser, uint32_t path, const char *const *names, const size_t *lengths,
                               size_t count, int wanted) {
    branch *place = &parser->root;
    for (size_t i = 0; i < count; ++i) {
        std::string_view name(names[i], lengths[i]);
        branch *child = place->find(name);
        if (!child) {
            place->below.push_back(std::make_unique<branch>());
            child = place->below.back().get();
            child->name = name;
        }
        place = child;
    }
    place->path = path;
    place->wanted = place->wanted || wanted;
}

extern "C" int bobo_json_parse(bobo_json_parser *parser, const char *bytes, size_t length, const bobo_json_found **found,
                               size_t *found_count, const bobo_json_node **tape, int *root_is_map) {
    parser->found.clear();
    parser->tape.clear();
    parser->texts.clear();
    dom::element element;
    error_code error = parser->dom.parse((const uint8_t *)bytes, length, false).get(element);
    if (error == SUCCESS) {
        if (parser->too_deep(bytes, length, element)) return 0;
        *root_is_map = element.is_object();
        parser->visit(parser->root, element);
    } else if (!concerns_number(error) || !parser->parse_slowly(bytes, length, root_is_map)) {
        return 0;
    }
    *found = parser->found.data();
    *found_count = parser->found.size();
    *tape = parser->tape.data();
    return 1;
}
