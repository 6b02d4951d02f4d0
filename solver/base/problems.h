#pragma once

/*@
  Problems - everything that is wrong with a user's input, collected so that it can be said in one
go

  Every rank reads the same input and so finds the same problems; rank 0 alone prints them.
Functions that take a Problems add to it and return without an object when the input cannot be used;
a PetscErrorCode is kept for failures that are no fault of the input.
@*/
typedef struct {
  int num_problems;
  char **texts; /* "place: message" */
  int num_warnings;
  char **warnings;
} Problems;

/*@
  ProblemsAdd - notes one thing that is wrong

  Input Parameters:
+ problems - the list
. place    - "file:line" or "--set option", NULL if there is none
- format   - printf format of the message: names the key, its value and what is allowed
@*/
void ProblemsAdd(Problems *problems, const char *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*@
  ProblemsWarn - notes something the user should know but that does not stop the run; kept in
results.json
@*/
void ProblemsWarn(Problems *problems, const char *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*@
  ProblemsDestroy - frees the texts and leaves the list empty
@*/
void ProblemsDestroy(Problems *problems);
