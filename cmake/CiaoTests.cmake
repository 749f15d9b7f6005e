# Every test is known to ctest: unit tests beside their sources, the engine's shape tests, and the
# checks of the sources and of the built library.
#
# The product builds without the tests' packages; tools/test asks for them (CIAO_REQUIRE_TESTS), so
# that a test run cannot pass by leaving tests out.
option(CIAO_REQUIRE_TESTS "Fail when what the tests need is missing" OFF)
find_package(GTest)
find_package(nlohmann_json 3)
find_program(CIAO_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
if(NOT GTest_FOUND OR NOT nlohmann_json_FOUND OR NOT CIAO_PYTHON)
  if(CIAO_REQUIRE_TESTS)
    message(FATAL_ERROR "The tests need GoogleTest, nlohmann-json and Python 3: tools/setup test")
  endif()
  message(STATUS "No tests: GoogleTest, nlohmann-json or Python 3 is missing (tools/setup test)")
  return()
endif()
find_package(Threads REQUIRED)
include(GoogleTest)

function(ciao_gtest name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE ciao_libssl ciao_engine GTest::gtest_main
                                        nlohmann_json::nlohmann_json Threads::Threads)
  target_compile_definitions(${name} PRIVATE
                             CIAO_TEST_VECTORS="${CMAKE_SOURCE_DIR}/tests/vectors")
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60)
endfunction()

file(GLOB_RECURSE unit_sources CONFIGURE_DEPENDS "src/*_test.cc")
if(unit_sources)
  ciao_gtest(ciao_unit ${unit_sources})
  if(TARGET ciao)
    target_link_libraries(ciao_unit PRIVATE ciao)
  endif()
endif()

file(GLOB engine_test_sources CONFIGURE_DEPENDS "tests/engine/*.cc")
if(engine_test_sources)
  ciao_gtest(ciao_engine_tests ${engine_test_sources})
  target_include_directories(ciao_engine_tests PRIVATE tests)
endif()

# Replaces operator new, and so is a program of its own.
ciao_gtest(ciao_memory_tests "tests/memory/failed_allocation_test.cc")

# Checks of the sources and of the product, once and not under each sanitizer.
if(NOT CIAO_SANITIZE AND NOT CIAO_COVERAGE)
  set(tools "${CMAKE_SOURCE_DIR}/tools")
  foreach(check check_layers check_refusals check_exports check_settings compatibility)
    add_test(NAME tools.${check}.self_test
             COMMAND "${CIAO_PYTHON}" "${tools}/${check}.py" --self-test)
  endforeach()
  add_test(NAME sources.layers COMMAND "${CIAO_PYTHON}" "${tools}/check_layers.py")
  add_test(NAME sources.settings COMMAND "${CIAO_PYTHON}" "${tools}/check_settings.py")
  add_test(NAME sources.refusals COMMAND "${CIAO_PYTHON}" "${tools}/check_refusals.py")
  add_test(NAME docs.compatibility COMMAND "${CIAO_PYTHON}" "${tools}/compatibility.py" --check)

  # The system's libssl is an oracle for the list of names here and nothing more.
  find_file(CIAO_SYSTEM_LIBSSL libssl.so.3 PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE} /usr/lib
            NO_DEFAULT_PATH)
  set(oracle "")
  if(CIAO_SYSTEM_LIBSSL)
    set(oracle --oracle "${CIAO_SYSTEM_LIBSSL}")
  endif()
  add_test(NAME library.exports
           COMMAND "${CIAO_PYTHON}" "${tools}/check_exports.py" --library $<TARGET_FILE:ssl> ${oracle})

  add_subdirectory("${CMAKE_SOURCE_DIR}/tests/abi" tests/abi)
  add_subdirectory("${CMAKE_SOURCE_DIR}/tests/sessions" tests/sessions)
  # Every closing row on the system's libssl and on this one; one at a time, as rows measure waits.
  add_test(NAME closing.rows
           COMMAND "${CIAO_PYTHON}" "${CMAKE_SOURCE_DIR}/tests/closing/run.py"
                   --runner "${CMAKE_BINARY_DIR}/tests/closing/closing_runner"
                   --library $<TARGET_FILE_DIR:ssl>)
  set_tests_properties(closing.rows PROPERTIES TIMEOUT 600 RUN_SERIAL TRUE)
  add_test(NAME cli.run COMMAND "${CIAO_PYTHON}" "${CMAKE_SOURCE_DIR}/tests/cli/run_test.py"
                                --ciao $<TARGET_FILE:ciao_cli>)
  set_tests_properties(cli.run PROPERTIES TIMEOUT 120)
  foreach(test service obstacle)
    add_test(NAME cli.${test} COMMAND "${CIAO_PYTHON}" "${CMAKE_SOURCE_DIR}/tests/cli/${test}_test.py"
                                      --ciao $<TARGET_FILE:ciao_cli>)
  endforeach()
  # The packages themselves are for `make packages`: they have to be downloaded.
  add_test(NAME packages.driver
           COMMAND "${CIAO_PYTHON}" "${CMAKE_SOURCE_DIR}/tests/packages/run_test.py")
  # The programs themselves are for `make programs`: they have to be installed.
  add_test(NAME programs.driver
           COMMAND "${CIAO_PYTHON}" "${CMAKE_SOURCE_DIR}/tests/programs/run_test.py")
  # Nor do the suites run here: `make suites`.
  add_test(NAME suites.driver
           COMMAND "${CIAO_PYTHON}" "${CMAKE_SOURCE_DIR}/tests/suites/run_test.py")
  add_subdirectory("${CMAKE_SOURCE_DIR}/tests/interop" tests/interop)
endif()
