#pragma once

/* What the program's exit status means; a run ended by signal n exits with 128 + n. */
enum {
  STATUS_DONE = 0,
  STATUS_INTERNAL_ERROR = 1, /* of the program or a library, not of the input */
  STATUS_BAD_INPUT = 2,      /* or a film that does not percolate */
  STATUS_NOT_CONVERGED = 3,
  STATUS_NOT_WRITTEN = 4
};
