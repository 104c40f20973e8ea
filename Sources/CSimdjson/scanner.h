#pragma once
#include "shapes.h"

#include <simdjson.h>

// The fast way through documents. Lines that are written as others were are known by their shapes; of others, and of single
// documents, simdjson's first stage finds the tokens, of many lines at once, and one walk over them checks and extracts. It
// takes what is frequent: whatever it does not take (which need not be wrong) goes the other way, which alone says what is
// JSON and what is not.
class scanner {
  public:
    explicit scanner(json_output &out) : out(out), known(out) {}

    // One document, the byte behind it zero or a space; false: it is to be read the other way.
    bool document(const char *text, size_t length, bool &is_map);

    // Other paths are to be found.
    void forget() { known.clear(); }

    // Lines, the last with its line break.
    void begin(const char *text, size_t length);
    // The next lines, at most so many, 0 at the end.
    size_t next(bobo_scanned_line *lines, size_t count, size_t nodes);

  private:
    json_output &out;
    shapes known; // of lines
    simdjson::dom::parser stage;
    size_t capacity = 0;
    const uint8_t *bytes = nullptr;
    const uint32_t *index = nullptr; // where the tokens begin
    uint32_t at = 0;                 // the token at hand
    bool plain = false;              // no text has an escape
    uint64_t documents = 0;
    // Of lines: `from` to `end` are still to come, those up to `chunk_end` with their tokens found; these are counted from
    // `base`.
    const char *from = nullptr, *chunk_end = nullptr, *end = nullptr, *base = nullptr;
    bool line_by_line = false;

    // Returns a bobo_scanned; what is found of it comes behind what is there.
    int next(bobo_scanned_line &line);
    void begin_chunk();
    bool find_tokens(const char *text, size_t length);
    bool line(size_t limit, bobo_scanned_line &line);
    bool walk(branch &place, size_t depth);
    bool skip(size_t depth);
    bool flatten(size_t depth);
    bool text(std::string_view &text);
    bool literal(const char *name, size_t length) const;
    bool ends(size_t position) const;
    bool number_is_sound(size_t position) const;
    bool put_number(size_t position);
    bool whole(int64_t &value) const;
    uint8_t token() const { return bytes[index[at]]; }
};
