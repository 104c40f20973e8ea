#pragma once
/* A thin C interface to simdjson: one message is parsed whole, so that it is known to be JSON or not, and only the parts
   that someone reads are handed on. */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that must be readable (not set) after the end of a text given to bobo_json_parse. */
enum { bobo_json_padding = 64 };

enum bobo_json_kind {
    bobo_json_null,
    bobo_json_false,
    bobo_json_true,
    bobo_json_integer, /* a whole number beyond 2^53 that fits signed 64 bits */
    bobo_json_number,
    bobo_json_text,
    bobo_json_list, /* `count` elements follow in the tape */
    bobo_json_map   /* `count` pairs of a text and a value follow in the tape */
};

/* One value in preorder. Texts point into the parser and hold until its next use. */
typedef struct {
    uint32_t kind;
    uint32_t count; /* bytes of a text, elements of a list, pairs of a map */
    union {
        int64_t integer;
        double number;
        const char *text;
    };
} bobo_json_node;

/* What was found at a path: `tape` is the first of its nodes; for a map on the way to a longer path that itself is not
   wanted, `tape` is UINT32_MAX. */
typedef struct {
    uint32_t path;
    uint32_t tape;
} bobo_json_found;

typedef struct bobo_json_parser bobo_json_parser;

/* max_depth: the deepest nesting of lists and maps that is read as JSON. */
bobo_json_parser *bobo_json_new(size_t max_depth);
void bobo_json_free(bobo_json_parser *parser);

/* Adds a path to look for: `names` are `count` texts, none for the whole document. */
void bobo_json_want(bobo_json_parser *parser, uint32_t path, const char *const *names, const size_t *lengths,
                    size_t count, int wanted);

/* Parses `length` bytes, behind which a zero byte stands and bobo_json_padding more are readable. Returns 1 where they are one JSON document
   in UTF-8 whose numbers are finite, else 0. Then `found` lists the paths that are there. */
int bobo_json_parse(bobo_json_parser *parser, const char *bytes, size_t length, const bobo_json_found **found,
                    size_t *found_count, const bobo_json_node **tape, size_t *tape_count, int *root_is_map);

/* One line of an event file. */
enum bobo_line_content {
    bobo_line_none,    /* a `ts` alone: it moves the clock */
    bobo_line_payload, /* `content` is the JSON of `payload`, as written and not yet checked */
    bobo_line_text,    /* `content` is the text, unescaped */
    bobo_line_base64
};

typedef struct {
    int64_t ts;
    uint32_t kind;
    uint32_t retained;
    const char *topic;
    size_t topic_length;
    const char *content;
    size_t content_length;
} bobo_line;

typedef struct bobo_line_parser bobo_line_parser;

bobo_line_parser *bobo_line_new(void);
void bobo_line_free(bobo_line_parser *parser);

/* Reads one line, without its line break, behind which bobo_json_padding bytes are readable. Returns NULL, or what is
   wrong with the line. What `line` points to holds until the parser's next use and as long as `bytes` does. */
const char *bobo_line_parse(bobo_line_parser *parser, const char *bytes, size_t length, size_t capacity, bobo_line *line);

/* Reads many lines of an event file, and of their payloads what is wanted, in one go. */
enum bobo_scanned {
    bobo_scanned_end,
    bobo_scanned_blank, /* nothing but spaces */
    bobo_scanned_whole, /* a message with a payload that is JSON, all of it sound */
    bobo_scanned_not    /* to be read by bobo_line_parse: anything else, good or bad; only `line` is set */
};

typedef struct {
    int kind; /* one of bobo_scanned, but not bobo_scanned_end */
    int root_is_map;
    int64_t ts;
    size_t content_length;
    const char *content;
    /* Not empty texts only, and not looked at whether they are topics. */
    const char *topic;
    size_t topic_length;
    /* As of bobo_json_parse. */
    const bobo_json_found *found;
    size_t found_count;
    const bobo_json_node *tape;
    size_t tape_count;
    const char *line;
    size_t line_length;
} bobo_scanned_line;

/* `bytes` are whole lines, the last with its line break; bobo_json_padding more are readable. */
void bobo_lines_begin(bobo_json_parser *parser, const char *bytes, size_t length);

/* The next lines, at most `count`, and none after those of which so many nodes were wanted; returns how many, 0 at the end. What
   they point to holds until this has been called twice again, or the parser has been used otherwise. */
size_t bobo_lines_next(bobo_json_parser *parser, bobo_scanned_line *lines, size_t count, size_t nodes);

/* Has the processor bring what lies there into its caches; any address will do. */
static inline void bobo_prefetch(const void *address) { __builtin_prefetch(address); }

#ifdef __cplusplus
}
#endif
