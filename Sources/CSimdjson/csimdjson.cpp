#include "number.h"
#include "scanner.h"

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

// Later versions of simdjson have an error of its own for a whole number beyond 64 bits, which 3.0 does not name.
bool concerns_number(error_code error) {
    return error == NUMBER_ERROR || std::strstr(error_message(error), "64 bits") != nullptr;
}

} // namespace

struct bobo_json_parser : json_output {
    scanner fast{*this};
    dom::parser dom;
    std::vector<std::unique_ptr<std::string>> texts; // those of the slow way, unescaped

    explicit bobo_json_parser(size_t depth) : json_output(depth) {
        // simdjson counts the document itself as one level, and refuses at its limit.
        (void)dom.allocate(1 << 12, depth + 1);
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

    bool parse_slowly(const char *bytes, size_t length, int *root_is_map) {
        if (!validate_utf8(bytes, length)) return false;
        clear();
        texts.clear();
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
        std::string padded(names[i], lengths[i]);
        padded.append(8, ' ');
        std::string_view name(padded.data(), lengths[i]);
        branch *child = place->find(name);
        if (!child) child = place->add(name);
        place = child;
    }
    parser->fast.forget();
    place->path = path;
    place->wanted = place->wanted || wanted;
}

extern "C" int bobo_json_parse(bobo_json_parser *parser, const char *bytes, size_t length, const bobo_json_found **found,
                               size_t *found_count, const bobo_json_node **tape, size_t *tape_count,
                               int *root_is_map) {
    parser->clear();
    bool is_map = false;
    if (parser->fast.document(bytes, length, is_map)) {
        *root_is_map = is_map;
    } else {
        parser->clear();
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
    }
    *found = parser->found.data();
    *found_count = parser->found.size();
    *tape = parser->tape.data();
    *tape_count = parser->tape.size();
    return 1;
}

extern "C" void bobo_lines_begin(bobo_json_parser *parser, const char *bytes, size_t length) {
    parser->fast.begin(bytes, length);
}

extern "C" size_t bobo_lines_next(bobo_json_parser *parser, bobo_scanned_line *lines, size_t count, size_t nodes) {
    return parser->fast.next(lines, count, nodes);
}
