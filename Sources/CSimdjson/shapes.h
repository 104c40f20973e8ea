#pragma once
#include "output.h"

#include <deque>

// How lines have been written so far. The messages of one kind mostly differ in their values alone, so that what stands
// between these is compared as a whole instead of being read name by name: the way through a line is a way down a tree, each
// node of which is a text up to a value and that value's kind.
//
// What it does not know need not be wrong: it is read the other way, and learned from then.
class shapes {
  public:
    explicit shapes(json_output &out) : out(out) {}

    // Where the tokens of lines are: of `bytes`, the first at hand `index[at]`, where the line begins.
    struct tokens {
        const uint8_t *bytes;
        const uint32_t *index;
        uint32_t at;
    };

    // Reads a line that is written as another was, of `length` bytes of whole lines. False: nothing of it is in `out`. Else a
    // line break follows its last byte.
    bool match(const char *lines, size_t length, bobo_scanned_line &line);

    // Learns from a line that has just been read the other way, with its line break at `limit`.
    void learn(tokens tokens, size_t limit);

    void clear() {
        root.below = nullptr;
        nodes.clear();
        misses = wait = pause = 0;
    }

  private:
    enum class value : uint8_t { end, ts, topic, text, number, name };

    struct node {
        // What stands before the value, from where the last one ended, with the value's quote: its first 16 bytes, its last
        // 16 where it is longer, and it.
        uint64_t words[2] = {}, masks[2] = {}, last[2] = {};
        const char *literal = nullptr;
        uint32_t length = 0;
        uint32_t path = UINT32_MAX; // of the value, where somebody reads it
        value kind = value::end;
        bool is_bound = false; // a map that somebody reads, or the payload, begins in the literal or ends in it
        node *beside = nullptr, *below = nullptr;

        // Where in the literal the payload begins and ends.
        uint32_t content = UINT32_MAX, content_end = UINT32_MAX;
        std::vector<uint32_t> maps; // paths of maps that begin in the literal
        std::string text;

        bool begins(const uint8_t *bytes, size_t room) const;
    };

    class lesson;

    json_output &out;
    std::deque<node> nodes;
    node root;
    // Lines that were not known since it began; to be let pass before the next is learned from; and after one that could not.
    size_t misses = 0, wait = 0, pause = 0;

    size_t take(const node &node, const uint8_t *bytes, size_t from, bobo_scanned_line &line);
};
