#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

// Decimal digits, eight at a time: by Daniel Lemire, "Quickly parsing eight digits" (2018). Eight bytes behind the place of
// any of them are readable.

// Powers of ten that a double holds exactly.
constexpr double exact_tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr uint64_t small_tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

// The digits that begin at a place, at most eight.
class digits {
  public:
    explicit digits(const uint8_t *text) {
        std::memcpy(&word, text, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        word ^= 0x3030303030303030;
        // A byte that is no digit, whose highest bit is set then; what it carries over changes only bytes behind it.
        others = ((word + 0x7676767676767676) | word) & 0x8080808080808080;
    }

    size_t count() const { return others ? (size_t)__builtin_ctzll(others) / 8 : 8; }

    // What the first so many are as a number.
    uint32_t number(size_t count) const {
        if (count == 0) return 0;
        uint64_t value = word << (64 - 8 * count);
        value = value * 10 + (value >> 8);
        return (uint32_t)(((value & 0x000000FF000000FF) * 0x000F424000000064 + ((value >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >> 32);
    }

  private:
    uint64_t word, others;
};

// Behind the digits of a place.
inline size_t behind_digits(const uint8_t *bytes, size_t position) {
    while (true) {
        size_t count = digits(bytes + position).count();
        position += count;
        if (count < 8) return position;
    }
}

// Behind them, and the number that they are, where these are few enough for it.
inline size_t read_digits(const uint8_t *bytes, size_t position, uint64_t &number) {
    while (true) {
        digits next(bytes + position);
        size_t count = next.count();
        number = number * small_tens[count] + next.number(count);
        position += count;
        if (count < 8) return position;
    }
}

// Reads a number of RFC 8259, section 6, without an exponent, of so few digits that it is exact: these are below 2^53, and a
// power of ten that is exact divides them to the nearest double (Clinger 1990). Returns where it ends, 0 where it is none.
inline size_t read_number(const uint8_t *bytes, size_t position, double &value) {
    bool negative = bytes[position] == '-';
    if (negative) ++position;
    size_t start = position;
    uint64_t number = 0;
    position = read_digits(bytes, position, number);
    size_t count = position - start, decimals = 0;
    if (count == 0 || (bytes[start] == '0' && count > 1)) return 0;
    if (bytes[position] == '.') {
        size_t fraction = ++position;
        position = read_digits(bytes, position, number);
        decimals = position - fraction;
        if (decimals == 0) return 0;
    }
    if (count + decimals > 15) return 0;
    value = (double)(int64_t)number;
    if (decimals > 0) value /= exact_tens[decimals];
    // A whole number has no negative zero.
    if (negative && (decimals > 0 || number != 0)) value = -value;
    return position;
}

// Where a number of RFC 8259 without an exponent ends of which no one wants to know more; 0 where it is none, or so long that
// no double may hold it.
inline size_t behind_number(const uint8_t *bytes, size_t position) {
    size_t first = position;
    if (bytes[position] == '-') ++position;
    size_t start = position;
    position = behind_digits(bytes, position);
    if (position == start || (bytes[start] == '0' && position - start > 1)) return 0;
    if (bytes[position] == '.') {
        size_t fraction = ++position;
        position = behind_digits(bytes, position);
        if (position == fraction) return 0;
    }
    return position - first < 300 ? position : 0;
}
