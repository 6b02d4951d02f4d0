# `cmake --build build --target benchmark`: the multigrid against those of hypre and PETSc, see
# benchmark/README.md. Not a test: its numbers are the machine's.
add_executable(granulith_bandwidth tests/benchmark/bandwidth.c)
target_link_libraries(granulith_bandwidth PRIVATE granulith_flags MPI::MPI_C)

find_package(Python3 3.9 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_custom_target(benchmark
    COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tests/benchmark/benchmark.py
      --program $<TARGET_FILE:granulith> --bandwidth $<TARGET_FILE:granulith_bandwidth>
      --mpiexec ${MPIEXEC_EXECUTABLE} --output ${PROJECT_BINARY_DIR}/benchmark
    DEPENDS granulith granulith_bandwidth USES_TERMINAL VERBATIM)
endif()
