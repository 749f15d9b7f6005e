# ciao_version_script(<exports.txt> <map> <node>): writes the linker's version script that exports
# the symbols of exports.txt (one "SYMBOL topic" a line, # starts a comment) and nothing else.
function(ciao_version_script exports map node)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${exports}")
  file(STRINGS "${exports}" lines REGEX "^[A-Za-z]")
  set(script "${node} {\n  global:\n")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "^[A-Za-z0-9_]+" symbol "${line}")
    string(APPEND script "    ${symbol};\n")
  endforeach()
  string(APPEND script "  local:\n    *;\n};\n")
  file(CONFIGURE OUTPUT "${map}" CONTENT "${script}" @ONLY)
endfunction()
