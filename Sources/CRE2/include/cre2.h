#pragma once
/* A thin C interface to RE2: regular expressions that take time in proportion to the text, whatever the expression. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct bobo_re2 bobo_re2;

/* Compiles an expression in UTF-8. `memory`: the bytes that it and its automata may take, about; an expression that needs
   more is refused, automata that need more give way to a slower search, linear as well. Never NULL but for want of memory:
   a bad expression is one with an error. */
bobo_re2 *bobo_re2_new(const char *text, size_t length, int64_t memory);
void bobo_re2_free(bobo_re2 *expression);

/* What is wrong with the expression, or NULL; it holds as long as the expression. */
const char *bobo_re2_error(const bobo_re2 *expression);

/* Whether some part of the text matches. From several threads at once, if need be. */
bool bobo_re2_matches(const bobo_re2 *expression, const char *text, size_t length);

#ifdef __cplusplus
}
#endif
