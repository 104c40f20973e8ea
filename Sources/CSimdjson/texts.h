#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

// Where the characters end that stand for themselves in a text of JSON: at a quote, a backslash or a control character (RFC
// 8259, section 7), one of which must come. Sixteen bytes from each of them are readable. `others` says whether any of them is
// beyond ASCII.
inline size_t behind_characters(const uint8_t *bytes, size_t position, bool &others) {
    typedef uint8_t sixteen __attribute__((ext_vector_type(16)));
    typedef bool truths __attribute__((ext_vector_type(16)));
    const auto bits = [](auto lanes) { return __builtin_bit_cast(uint16_t, __builtin_convertvector(lanes, truths)); };
    uint32_t beyond = 0;
    while (true) {
        sixteen text;
        std::memcpy(&text, bytes + position, 16);
        const uint32_t ends = bits((text == '"') | (text == '\\') | (text < ' ')), high = bits(text > 0x7F);
        if (ends != 0) {
            others = (beyond | (high & (ends - 1) & ~ends)) != 0;
            return position + (size_t)__builtin_ctz(ends);
        }
        beyond |= high;
        position += 16;
    }
}
