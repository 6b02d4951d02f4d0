#pragma once

#include <jansson.h>
#include "study.h"

/*@
  StudyRecord - what study.json says of one point whose jobs are done; rank 0

  Of a film that is resolved, its results. Of one that n long stacks (L1) and n short ones (L2)
  stand for, each part P of the film

    P(L) = mean P(L1) + k (mean P(L1) - mean P(L2)),  k = (L - L1)/(L1 - L2)

  so that what the plates do at the two ends (as if a grain were missing) is counted once; the
  electrodes are the mean of the long stacks'. band95 = t sqrt(v (((1 + k)^2 L1 + k^2 L2)/n + L)): v
  is the variance of the film's resistance per thickness, from both lengths, t of 2 n - 2 degrees of
  freedom. Its first terms are what the mean of so few is known to, the last what one film as wide
  as the stacks varies by.

  Returns:
    a new reference
@*/
json_t *StudyRecord(const Study *study, const StudyPoint *point);

/* A member of a record: a number, NaN if there is none; a sum over its parts if it is an object. */
double StudyRecordNumber(const json_t *record, const char *group, const char *name);

/* Sum of the parts of the ASR that the film itself has [Ohm cm2]. */
double StudyRecordFilm(const json_t *record);
