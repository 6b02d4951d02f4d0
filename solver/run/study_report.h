#pragma once

#include "study.h"

/*@
  StudyReportWrite - writes study.csv and study.json with the points that are done; rank 0 alone

  Input Parameter:
. log - the tables of targets and activation energies are said there; NULL: none

  Output Parameter:
. is_written - false, with messages in problems, if not
@*/
PetscErrorCode StudyReportWrite(const Session *session, const Study *study, Log *log,
                                Problems *problems, PetscBool *is_written);

/* One line that says what came out of a point. */
void StudyReportSay(const Session *session, const Study *study, int point);

/* The whole table. */
void StudyReportTable(const Session *session, const Study *study);
