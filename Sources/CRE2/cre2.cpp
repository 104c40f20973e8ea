#include "cre2.h"

#include <new>

#include <re2/re2.h>

struct bobo_re2 {
    RE2 expression;

    bobo_re2(re2::StringPiece text, const RE2::Options &options) : expression(text, options) {}
};

bobo_re2 *bobo_re2_new(const char *text, size_t length, int64_t memory) {
    RE2::Options options;
    options.set_max_mem(memory);
    options.set_log_errors(false); // they are returned; standard error is the program's
    options.set_never_capture(true);
    return new (std::nothrow) bobo_re2(re2::StringPiece(text, length), options);
}

void bobo_re2_free(bobo_re2 *expression) { delete expression; }

const char *bobo_re2_error(const bobo_re2 *expression) {
    return expression->expression.ok() ? nullptr : expression->expression.error().c_str();
}

bool bobo_re2_matches(const bobo_re2 *expression, const char *text, size_t length) {
    return expression->expression.Match(
        re2::StringPiece(text, length), 0, length, RE2::UNANCHORED, nullptr, 0);
}
