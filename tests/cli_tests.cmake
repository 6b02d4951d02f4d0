# The program as its user meets it: one test a file, 20 to 60 s each on one core. They write into
# temporary directories only. Those with long runs on two ranks go alone, the others side by side.
foreach(file refusals run ranks compare converge study study_numbers signals)
  granulith_add_script(cli.${file} cli/test_${file}.py TIMEOUT 300 PROCESSORS 2)
endforeach()
foreach(file cases help contact labels dream3d tiff vti vtk_legacy nrrd metaimage raw misorientation orientations tesr ebsd image_part image_phases
  image_specks image_resampled export fields_vti grains boundaries impedance)
  granulith_add_script(cli.${file} cli/test_${file}.py TIMEOUT 300 PROCESSORS 1)
endforeach()
