#include "csimdjson.h"
#include "number.h"

#include <cstring>
#include <utility>
#include <string_view>

#include <simdjson.h>

using namespace simdjson;

struct bobo_line_parser {
    ondemand::parser parser;
};

extern "C" bobo_line_parser *bobo_line_new(void) { return new bobo_line_parser(); }
extern "C" void bobo_line_free(bobo_line_parser *parser) { delete parser; }

static std::string_view trimmed(std::string_view text) {
    while (!text.empty() && std::strchr(" \t\r\n", text.back())) text.remove_suffix(1);
    return text;
}

// Deeper than this it is not looked into: whoever parses it will find it too deep.
constexpr int deepest = 600;

static bool is_sound(ondemand::value value, int depth);

static bool is_sound(ondemand::array array, int depth) {
    for (auto child : array) {
        ondemand::value element;
        if (child.get(element) || !is_sound(element, depth)) return false;
    }
    return true;
}

static bool is_sound(ondemand::object object, int depth) {
    for (auto pair : object) {
        ondemand::field field;
        if (std::move(pair).get(field)) return false;
        std::string_view key;
        if (field.unescaped_key().get(key) || !is_sound(field.value(), depth)) return false;
    }
    return true;
}

// simdjson finds where a value ends without a look at what is within.
static bool is_sound(ondemand::value value, int depth) {
    ondemand::json_type type;
    if (value.type().get(type)) return false;
    switch (type) {
    case ondemand::json_type::null: {
        bool is = false;
        return !value.is_null().get(is) && is;
    }
    case ondemand::json_type::boolean: {
        bool is;
        return !value.get_bool().get(is);
    }
    case ondemand::json_type::number: return is_json_number(trimmed(value.raw_json_token()));
    case ondemand::json_type::string: {
        std::string_view text;
        return !value.get_string().get(text);
    }
    case ondemand::json_type::array: {
        ondemand::array array;
        return !value.get_array().get(array) && (depth >= deepest || is_sound(array, depth + 1));
    }
    case ondemand::json_type::object: {
        ondemand::object object;
        return !value.get_object().get(object) && (depth >= deepest || is_sound(object, depth + 1));
    }
    }
    return false;
}

// The text of a value of any kind.
static bool raw(ondemand::value value, std::string_view &out) {
    ondemand::json_type type;
    if (value.type().get(type)) return false;
    if (type == ondemand::json_type::array || type == ondemand::json_type::object) {
        std::string_view text;
        if (type == ondemand::json_type::array) {
            ondemand::array array;
            if (value.get_array().get(array) || array.raw_json().get(text) || array.reset().error()) return false;
            if (!is_sound(array, 1)) return false;
        } else {
            ondemand::object object;
            if (value.get_object().get(object) || object.raw_json().get(text) || object.reset().error()) return false;
            if (!is_sound(object, 1)) return false;
        }
        out = trimmed(text);
        return true;
    }
    out = trimmed(value.raw_json_token());
    return is_sound(value, 0);
}

extern "C" const char *bobo_line_parse(bobo_line_parser *p, const char *bytes, size_t length, size_t capacity,
                                       bobo_line *line) {
    ondemand::document document;
    if (p->parser.iterate(bytes, length, capacity).get(document)) return "not a JSON object";
    ondemand::object object;
    if (document.get_object().get(object)) return "not a JSON object";
    bool has_ts = false, has_topic = false;
    line->kind = bobo_line_none;
    line->retained = 0;
    line->topic = nullptr;
    line->topic_length = 0;
    line->content = nullptr;
    line->content_length = 0;
    for (auto pair : object) {
        ondemand::field field;
        if (std::move(pair).get(field)) return "not JSON";
        std::string_view key, text;
        if (field.unescaped_key().get(key)) return "not JSON";
        if (key == "ts") {
            ondemand::number number;
            if (field.value().get_number().get(number)) return "`ts` is no number";
            if (number.is_int64()) {
                line->ts = number.get_int64();
            } else {
                double value = number.as_double();
                if (!(value > -9.2e18 && value < 9.2e18)) return "`ts` is out of range";
                line->ts = (int64_t)value;
            }
            has_ts = true;
        } else if (key == "topic") {
            if (field.value().get_string().get(text)) return "`topic` is no text";
            // MQTT 5, section 4.7.
            if (text.empty() || text.size() > 65535 || text.find_first_of(std::string_view("+#\0", 3)) != text.npos)
                return "`topic` is no topic";
            line->topic = text.data();
            line->topic_length = text.size();
            has_topic = true;
        } else if (key == "retained") {
            bool value;
            if (field.value().get_bool().get(value)) return "`retained` is neither true nor false";
            line->retained = value;
        } else if (key == "payload" || key == "text" || key == "base64") {
            if (line->kind != bobo_line_none) return "more than one of `payload`, `text`, `base64`";
            if (key == "payload") {
                if (!raw(field.value(), text)) return "`payload` is not JSON";
                line->kind = bobo_line_payload;
            } else {
                if (field.value().get_string().get(text)) return key == "text" ? "`text` is no text" : "`base64` is no text";
                line->kind = key == "text" ? bobo_line_text : bobo_line_base64;
            }
            line->content = text.data();
            line->content_length = text.size();
        } else {
            // Others are allowed, and skipped.
            ondemand::value value = field.value();
            if (!raw(value, text)) return "not JSON";
        }
    }
    const char *rest;
    if (document.current_location().get(rest) != OUT_OF_BOUNDS) return "more than one JSON object on the line";
    if (!has_ts) return "`ts` is missing";
    if (has_topic != (line->kind != bobo_line_none))
        return has_topic ? "one of `payload`, `text`, `base64` is missing" : "`topic` is missing";
    return nullptr;
}
