#pragma once
#include <cstddef>
#include <string_view>

// Whether a token is a number by RFC 8259, section 6, whatever its size; `integer` says whether it has neither fraction nor
// exponent.
inline bool is_json_number(std::string_view token, bool *integer = nullptr) {
    size_t i = 0;
    auto digits = [&] { size_t from = i; while (i < token.size() && token[i] >= '0' && token[i] <= '9') ++i; return i - from; };
    if (i < token.size() && token[i] == '-') ++i;
    size_t whole_from = i, whole = digits();
    if (whole == 0 || (whole > 1 && token[whole_from] == '0')) return false;
    bool is_whole = true;
    if (i < token.size() && token[i] == '.') { ++i; is_whole = false; if (digits() == 0) return false; }
    if (i < token.size() && (token[i] == 'e' || token[i] == 'E')) {
        ++i; is_whole = false;
        if (i < token.size() && (token[i] == '+' || token[i] == '-')) ++i;
        if (digits() == 0) return false;
    }
    if (integer) *integer = is_whole;
    return i == token.size();
}
