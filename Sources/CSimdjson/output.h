#pragma once
#include "csimdjson.h"

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// The wanted paths as a tree of names.
struct branch {
    std::string name;
    uint32_t path = UINT32_MAX; // where it is known by number
    bool wanted = false;
    std::vector<std::unique_ptr<branch>> below;
    uint64_t met = 0; // the last document that had it

    // Eight bytes behind the text are readable.
    branch *find(std::string_view text) {
        if (below.size() <= few) {
            uint64_t word = first_word(text);
            for (const label &label : labels)
                if (label.word == word && label.length == text.size() &&
                    (text.size() <= 8 || std::memcmp(label.child->name.data(), text.data(), text.size()) == 0))
                    return label.child;
            return nullptr;
        }
        for (size_t slot = hash(text) & mask;; slot = (slot + 1) & mask) {
            uint32_t number = slots[slot];
            if (number == 0) return nullptr;
            branch *child = below[number - 1].get();
            if (child->name == text) return child;
        }
    }

    // The same of the member of a map that comes as number `place`: mostly the maps of one kind of message have the same
    // members in the same order, those that nobody wants among them.
    inline branch *find(std::string_view text, size_t place) {
        if (place < members.size()) {
            const label &known = members[place];
            if (known.word == first_word(text) && known.length == text.size() && text.size() <= 8) return known.child;
        }
        return look_up(text, place);
    }

    branch *add(std::string_view text) {
        members.clear();
        below.push_back(std::make_unique<branch>());
        below.back()->name = text;
        std::string padded(text);
        padded.append(8, ' ');
        labels.push_back({first_word(std::string_view(padded.data(), text.size())), text.size(), below.back().get()});
        if (below.size() > few) index();
        return below.back().get();
    }

  private:
    static constexpr size_t few = 8;
    // The children by what names differ in first.
    struct label {
        uint64_t word;
        size_t length;
        branch *child;
    };
    std::vector<label> labels;
    // What came last, by place.
    static constexpr size_t remembered = 64;
    std::vector<label> members;
    branch *look_up(std::string_view text, size_t place) {
        branch *child = find(text);
        if (text.size() > 8 || place >= remembered) return child;
        if (place >= members.size()) members.resize(place + 1, label{0, SIZE_MAX, nullptr});
        members[place] = {first_word(text), text.size(), child};
        return child;
    }
    static uint64_t first_word(std::string_view text) {
        uint64_t word;
        std::memcpy(&word, text.data(), 8);
        return text.size() >= 8 ? word : word & ((1ull << 8 * text.size()) - 1);
    }
    // Numbers of children from 1, by the hash of their names; at most half of them are taken.
    std::vector<uint32_t> slots;
    size_t mask = 0;

    // The names are those of patterns, so that no sender can have them meet in one slot; he can only miss them.
    static size_t hash(std::string_view text) {
        uint64_t value = 0xcbf29ce484222325u;
        for (unsigned char byte : text) value = (value ^ byte) * 0x100000001b3u;
        return (size_t)(value ^ value >> 32);
    }
    void index() {
        if (2 * below.size() > slots.size()) {
            slots.assign(slots.empty() ? 4 * few : 2 * slots.size(), 0);
            mask = slots.size() - 1;
            for (size_t i = 0; i < below.size(); ++i) place(i);
        } else {
            place(below.size() - 1);
        }
    }
    void place(size_t number) {
        size_t slot = hash(below[number]->name) & mask;
        while (slots[slot] != 0) slot = (slot + 1) & mask;
        slots[slot] = (uint32_t)number + 1;
    }
};

// What was found of one document.
struct json_output {
    size_t max_depth;
    branch root;
    std::vector<bobo_json_found> found;
    std::vector<bobo_json_node> tape;
    // Of the lines before.
    std::vector<bobo_json_found> kept_found;
    std::vector<bobo_json_node> kept_tape;

    explicit json_output(size_t depth) : max_depth(depth) {
        found.reserve(16);
        tape.reserve(64);
    }

    void clear() {
        found.clear();
        tape.clear();
    }
    // What was found is good once more.
    void keep() {
        found.swap(kept_found);
        tape.swap(kept_tape);
    }
    __attribute__((always_inline)) void put(uint32_t kind, uint32_t count = 0) {
        bobo_json_node node{};
        node.kind = kind;
        node.count = count;
        tape.push_back(node);
    }
    __attribute__((always_inline)) void put_number(double value) {
        bobo_json_node node{};
        node.kind = bobo_json_number;
        node.number = value;
        tape.push_back(node);
    }
    void put_integer(int64_t value) {
        constexpr int64_t exact = 9007199254740992; // 2^53
        if (value >= -exact && value <= exact) return put_number((double)value);
        put(bobo_json_integer);
        tape.back().integer = value;
    }
    __attribute__((always_inline)) void put_text(std::string_view text) {
        bobo_json_node node{};
        node.kind = bobo_json_text;
        node.count = (uint32_t)text.size();
        node.text = text.data();
        tape.push_back(node);
    }

    // Skips one value of the tape.
    size_t after(size_t at) const {
        uint32_t kind = tape[at].kind, count = tape[at].count;
        ++at;
        if (kind == bobo_json_list) { for (uint32_t i = 0; i < count; ++i) at = after(at); }
        if (kind == bobo_json_map) { for (uint32_t i = 0; i < count; ++i) at = after(at + 1); }
        return at;
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

    // Finds the paths within a value of the tape.
    void visit_tape(branch &place, size_t at) {
        bool map = tape[at].kind == bobo_json_map;
        if (place.path != UINT32_MAX)
            found.push_back({place.path, place.wanted || !map ? (uint32_t)at : UINT32_MAX});
        if (!map || place.below.empty()) return;
        uint32_t count = tape[at].count;
        size_t from = found.size();
        ++at;
        for (uint32_t i = 0; i < count; ++i) {
            branch *child = place.find(std::string_view(tape[at].text, tape[at].count));
            if (child) { forget(*child, from); visit_tape(*child, at + 1); }
            at = after(at + 1);
        }
    }
};
