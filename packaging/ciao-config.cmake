# find_package(ciao) gives ciao::ssl: ciao's libssl.so.3 with the headers of OpenSSL 3.0, instead of
# OpenSSL::SSL. The program finds it when it runs, by its run path.
include(CMakeFindDependencyMacro)
find_dependency(OpenSSL 3.0 COMPONENTS Crypto)
get_filename_component(_ciao_libraries "${CMAKE_CURRENT_LIST_DIR}/../../ciao" ABSOLUTE)
if(NOT TARGET ciao::ssl)
  add_library(ciao::ssl SHARED IMPORTED)
  set_target_properties(ciao::ssl PROPERTIES
    IMPORTED_LOCATION "${_ciao_libraries}/libssl.so.3"
    IMPORTED_SONAME "libssl.so.3"
    INTERFACE_LINK_LIBRARIES OpenSSL::Crypto)
  # A run path for those who install their program, too.
  set_property(TARGET ciao::ssl PROPERTY
    INTERFACE_LINK_OPTIONS "LINKER:-rpath,${_ciao_libraries}")
endif()
unset(_ciao_libraries)
