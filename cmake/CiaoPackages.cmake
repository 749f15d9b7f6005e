# What `cmake --install` puts where, and Debian packages of it by CPack (`make deb`). Two components:
# runtime (package ciao) and development (package libciao-dev).
include(CMakePackageConfigHelpers)

# Debian's folder of libraries, whatever the prefix, and in it one of ciao's own: in a folder that the
# dynamic loader searches its libssl.so.3 would take the place of the system's.
set(CIAO_LIBDIR "lib/${CMAKE_LIBRARY_ARCHITECTURE}")
set(CIAO_LIBRARY_FOLDER "${CIAO_LIBDIR}/ciao")

install(TARGETS ssl
        LIBRARY DESTINATION "${CIAO_LIBRARY_FOLDER}" COMPONENT runtime
        NAMELINK_COMPONENT development)
install(TARGETS ciao_cli RUNTIME DESTINATION bin COMPONENT runtime)

# Debian wants them compressed; -n leaves the time out, so that the same sources give the same file.
find_program(CIAO_GZIP gzip REQUIRED)
function(ciao_install_compressed component source name destination)
  set(compressed "${CMAKE_BINARY_DIR}/packaging/${name}.gz")
  install(CODE "execute_process(COMMAND \"${CIAO_GZIP}\" -9nc \"${source}\"
    OUTPUT_FILE \"${compressed}\" COMMAND_ERROR_IS_FATAL ANY)" COMPONENT ${component})
  install(FILES "${compressed}" DESTINATION "${destination}" COMPONENT ${component})
endfunction()
configure_file(packaging/ciao.1 "${CMAKE_BINARY_DIR}/packaging/ciao.1" @ONLY)
ciao_install_compressed(runtime "${CMAKE_BINARY_DIR}/packaging/ciao.1" ciao.1 share/man/man1)
ciao_install_compressed(runtime "${CMAKE_SOURCE_DIR}/CHANGELOG.md" changelog share/doc/ciao)
ciao_install_compressed(runtime "${CMAKE_SOURCE_DIR}/packaging/changelog" changelog.Debian
                        share/doc/ciao)
ciao_install_compressed(development "${CMAKE_SOURCE_DIR}/packaging/changelog" changelog.Debian
                        share/doc/libciao-dev)
install(FILES README.md docs/COMPATIBILITY.md docs/DIFFERENCES.md docs/CLOSING.md docs/SECURITY.md
        DESTINATION share/doc/ciao COMPONENT runtime)
install(FILES packaging/copyright DESTINATION share/doc/ciao COMPONENT runtime)
install(FILES packaging/copyright DESTINATION share/doc/libciao-dev COMPONENT development)

configure_file(packaging/ciao-libssl.pc.in "${CMAKE_BINARY_DIR}/packaging/ciao-libssl.pc" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/packaging/ciao-libssl.pc"
        DESTINATION "${CIAO_LIBDIR}/pkgconfig" COMPONENT development)
write_basic_package_version_file("${CMAKE_BINARY_DIR}/packaging/ciao-config-version.cmake"
                                 COMPATIBILITY SameMajorVersion)
install(FILES packaging/ciao-config.cmake
              "${CMAKE_BINARY_DIR}/packaging/ciao-config-version.cmake"
        DESTINATION "${CIAO_LIBDIR}/cmake/ciao" COMPONENT development)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ciao)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)  # packaging/changelog
set(CPACK_PACKAGE_CONTACT "ciao maintainers <maintainers@ciao.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME ciao)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA "${CMAKE_SOURCE_DIR}/packaging/prerm")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
"A libssl.so.3 that unmodified programs load instead of the system's, over the
system's libcrypto.so.3. It lies in a folder of its own and replaces nothing;
the tool ciao starts programs on it and puts services on it.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libciao-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "ciao (= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}), libssl-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
"pkg-config and CMake files to link a program with ciao's libssl.so.3 by
choice, with the headers of libssl-dev.")
include(CPack)
