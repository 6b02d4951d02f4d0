# Tests of mesh/ (what lays cells out), physics, scheme, solve and report.
granulith_add_tests(unit unit ROOM physics FILES conductivity boundary element)
granulith_add_tests(unit unit ROOM mesh FILES grid microstructure connectivity statistics contact)
granulith_add_tests(unit unit ROOM scheme FILES faces operator contact_faces)
granulith_add_tests(unit unit ROOM scheme RANKS 1 FILES response block_walk)
granulith_add_tests(unit unit ROOM report FILES steady grain_mg iterations)
# under the sanitizers too: pieces of grains go from rank to rank
set_tests_properties(unit.grain_mg.np2 unit.grain_mg.np4 PROPERTIES LABELS small)
granulith_add_tests(unit unit ROOM report RANKS 1 FILES kramers_kronig energy_error)
granulith_add_tests(unit unit ROOM report FILES asr current fields results h5grid convergence sample line)

# What the verification tests share: a film solved to 1e-13.
add_library(granulith_verify STATIC verification/verify.c verification/oblique.c verification/spectrum.c)
target_include_directories(granulith_verify PUBLIC verification)
target_link_libraries(granulith_verify PUBLIC granulith_report granulith_harness
  PRIVATE granulith_flags)

# One file a theory. Those with boundaries oblique to the grid take longest.
set(planar slab planar_boundaries bricks series_parallel dykhne bounds contact periodicity ranks layers
  symmetry impedance)
set(oblique limits tilted honeycomb kelvin spheres cylinders images)
granulith_add_tests(verify verification ROOM report FILES ${planar})
granulith_add_tests(verify verification ROOM report RANKS 1 2 FILES voronoi)
granulith_add_tests(verify verification ROOM report RANKS 2 FILES ${oblique})
foreach(test ${planar} voronoi ${oblique})
  target_link_libraries(verify_${test} PRIVATE granulith_verify)
endforeach()
# Every value on the finest grids too, minutes: printed, in verification/verification.csv, and as the
# tables of tests/verification/README.md in verification/tables.md.
set(verification ${PROJECT_BINARY_DIR}/verification)
add_custom_target(verification
  COMMAND ${CMAKE_COMMAND} -E make_directory ${verification}
  COMMAND ${CMAKE_COMMAND} -E rm -f ${verification}/verification.csv
  COMMAND ${CMAKE_COMMAND} -E env VERIFY_LONG=1 VERIFY_CSV=${verification}/verification.csv
    ${CMAKE_CTEST_COMMAND} --test-dir ${PROJECT_BINARY_DIR} -R "^verify[.].*[.]np2$" --verbose
  COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/verification/tables.py
    ${verification}/verification.csv --output ${verification}/tables.md
  USES_TERMINAL VERBATIM)
foreach(test ${planar} voronoi ${oblique})
  add_dependencies(verification verify_${test})
  set_tests_properties(verify.${test}.np2 PROPERTIES TIMEOUT 1800)
endforeach()
foreach(test asr current fields)
  target_link_libraries(unit_${test} PRIVATE granulith_verify)
endforeach()
