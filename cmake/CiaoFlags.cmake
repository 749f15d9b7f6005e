# Compiler and linker flags, carried by the interface target ciao_flags.

# g++ 12 and clang 19 know C++23 by its working name only.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g")

add_library(ciao_flags INTERFACE)

target_compile_options(ciao_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Werror
  -fstack-protector-strong -fno-plt
  # Paths in error queue entries and debug information start at the source tree: reproducible.
  "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # TRY() is a statement expression, the one extension the project allows itself.
  target_compile_options(ciao_flags INTERFACE -Wno-gnu-statement-expression-from-macro-expansion)
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 takes the error of a std::expected that holds a value for read. clang's analyser, in the
  # lint, does look for uninitialised reads.
  target_compile_options(ciao_flags INTERFACE -Wno-maybe-uninitialized)
endif()

if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(ciao_flags INTERFACE -fcf-protection=full -fstack-clash-protection)
endif()

if(CIAO_SANITIZE)
  target_compile_options(ciao_flags INTERFACE "-fsanitize=${CIAO_SANITIZE}" -O1
                         -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(ciao_flags INTERFACE "-fsanitize=${CIAO_SANITIZE}")
elseif(CIAO_FUZZ)
  target_compile_options(ciao_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined -O1
                         -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(ciao_flags INTERFACE -fsanitize=address,undefined)
elseif(CIAO_COVERAGE)
  target_compile_options(ciao_flags INTERFACE --coverage -O0)
  target_link_options(ciao_flags INTERFACE --coverage)
else()
  target_compile_definitions(ciao_flags INTERFACE _FORTIFY_SOURCE=2)
endif()
