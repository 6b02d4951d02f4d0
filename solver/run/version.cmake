# Writes version.h anew when the commit changes; run at every build.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
  OUTPUT_VARIABLE GIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(GIT "unknown")
endif()
configure_file(${SOURCE}/solver/run/version.h.in ${OUTPUT} @ONLY)
