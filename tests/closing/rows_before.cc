// Section 4: before there is a connection, and after it died (rows A).
#include <dlfcn.h>

#include "row.h"

namespace ciao::closing {

namespace {

// ciao answers -1, as 3.5.7 (D10); 3.0 reads through the null pointer.
void shutdown_of_null(Stage& stage) {
  stage.trace.state("S of NULL", {{"ret", std::to_string(SSL_shutdown(nullptr))}});
}

// The assignment is the check of the declaration: it does not compile otherwise.
void declared_and_defined(Stage& stage) {
  int (*function)(SSL*) = &SSL_shutdown;
  Dl_info info{};
  const bool found = dladdr(reinterpret_cast<void*>(function), &info) != 0;
  const std::string file = found ? info.dli_fname : "";
  const std::string name = file.substr(file.rfind('/') + 1);
  stage.trace.state("defined in libssl", {{"ret", name.starts_with("libssl.so.3") ? "1" : "0"}});
}

constexpr const char* kInInit = "-1 SSL SHUTDOWN_WHILE_IN_INIT - - init=1";

}  // namespace

std::vector<Row> rows_before() {
  const std::string in_init = kInInit;
  return {
      {"A1", kAll, "@norole S", "-1 SSL UNINITIALIZED - -"},
      {"A1", kAll, "@norole =3 S", "-1 SSL UNINITIALIZED SR -"},
      {"A2", kAll, "S", kInInit},
      {"A3", kAll, "q1 S", kInInit},
      {"A3", kAll, "=3 S", "-1 SSL SHUTDOWN_WHILE_IN_INIT SR -"},
      {"A4", kAll, "hs1 S", kInInit},
      {"A4", kAll, "hs2 S", kInInit},
      {"A4", kAll, "hs2 q1 S", kInInit},
      {"A4", kServer | kBoth, "hs3 S", kInInit},
      {"A4", kClient | kTls12, "hs3 S", kInInit},
      {"A5", kClient | kTls13, "hs3 S", "0 SYSCALL* - S CN"},
      {"A6", kClient | kBoth, "S H", in_init + ";-1 WANT_READ - - ClientHello"},
      {"A6", kServer | kBoth, "S H", in_init + ";-1 WANT_READ - - -"},
      {"A6", kAll, "S hs S", in_init + ";. . . - . ret=1;0 SYSCALL* - S CN"},
      {"A7", kAll, "hs !eof R S", kInInit},
      {"A8", kAll, "hs <f40 R S", "-1 SSL SHUTDOWN_WHILE_IN_INIT R -"},
      {"A8", kAll, "hs <f40 R q1 S", "-1 SSL SHUTDOWN_WHILE_IN_INIT R -"},
      {"A8", kAll, "hs <f40 R =3 S", "-1 SSL SHUTDOWN_WHILE_IN_INIT SR -"},
      {"A8", kAll, "hs <f40 R =0 S", kInInit},
      {"A9", kAll, "hs S C S", kInInit},
      {"A9", kClient | kBoth, "hs S role S", kInInit},
      {"A10", kClient | kBoth, "=1 H", "-1 WANT_READ - - ClientHello"},
      {"A10", kServer | kBoth, "=1 H", "-1 WANT_READ - - -"},
      {"A11", kClient | kBoth, "hs1 =1 H", "-1 WANT_READ - S -"},
      {"A11", kClient | kTls13, "hs2 =1 H", "1 NONE - S ChangeCipherSpec+Finished"},
      {"A11", kClient | kTls12, "hs2 =1 H", "-1 WANT_READ - S ."},
      {"A11", kServer | kBoth, "hs2 =1 H", "-1 WANT_READ - S -"},
      {"A11", kClient | kBoth, "hs1 =1 <http H", "-1 SSL . S . alerts=-"},
      {"A11", kServer | kBoth, "hs2 =1 <http H", "-1 SSL . S . alerts=-"},
      {"A11", kServer | kBoth, "hs2 <http H", "-1 SSL . - . init=1"},
      {"A12", kAll, "hs2 =2 R", "0 ZERO_RETURN - R ."},
      {"A13", kClient | kBoth, "hs2 =2 H", "-1 ZERO_RETURN - R ."},
      {"A13", kClient | kBoth, "hs2 =3 H", "-1 ZERO_RETURN - SR ."},
      {"A14", kAll, "@ieof hs1 !eof H", "-1 ZERO_RETURN - R ."},
      {"A15", kAll, "SSL_shutdown(NULL)", "signal=11", "D10", "signal=~ ret=-1", shutdown_of_null},
      {"A16", kAll, "hs1 <cn(plain) H R", "-1 ZERO_RETURN . R .;0 ZERO_RETURN - R ."},
      {"S1", kAll, "SSL_shutdown is int (SSL *), and defined in the TLS library", "ret=1", "", "",
       declared_and_defined},
  };
}

}  // namespace ciao::closing
