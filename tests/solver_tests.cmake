# Tests of mesh/ (what lays cells out), physics, scheme, solve and report.
granulith_add_tests(unit unit ROOM physics FILES conductivity boundary)
granulith_add_tests(unit unit ROOM mesh FILES grid microstructure connectivity statistics contact)
granulith_add_tests(unit unit ROOM scheme FILES faces operator contact_faces)
granulith_add_tests(unit unit ROOM scheme RANKS 1 FILES response)
granulith_add_tests(unit unit ROOM report FILES steady grain_mg iterations)
granulith_add_tests(unit unit ROOM report FILES asr current fields results h5grid convergence sample line)

# What the verification tests share: a film solved to 1e-12.
add_library(granulith_verify STATIC verification/verify.c)
target_include_directories(granulith_verify PUBLIC verification)
target_link_libraries(granulith_verify PUBLIC granulith_report granulith_harness
  PRIVATE granulith_flags)

set(verification slab planar_boundaries bricks series_parallel dykhne bounds contact periodicity ranks
  stairs matched layers symmetry)
granulith_add_tests(verify verification ROOM report FILES ${verification})
foreach(test ${verification})
  target_link_libraries(verify_${test} PRIVATE granulith_verify)
endforeach()
# Prints the errors, those of the polycrystal on one finer grid than the tests take time for.
add_custom_target(verification
  COMMAND ${CMAKE_COMMAND} -E env VERIFY_FINE=1 ${CMAKE_CTEST_COMMAND} --test-dir ${CMAKE_BINARY_DIR} -R "^verify.*np2$" --verbose
  USES_TERMINAL VERBATIM)
foreach(test ${verification})
  add_dependencies(verification verify_${test})
endforeach()
foreach(test asr current fields)
  target_link_libraries(unit_${test} PRIVATE granulith_verify)
endforeach()
