// Section 12: post-handshake exchanges and closing (rows J).
#include "row.h"

namespace ciao::closing {

std::vector<Row> rows_posthandshake() {
  constexpr const char* kInInit = "-1 SSL SHUTDOWN_WHILE_IN_INIT";
  const std::string in_init = kInInit;
  const std::string sent = "0 SYSCALL* - S CN";
  return {
      {"J1", kEither | kTls13, "hs K S", ". . - - . ret=1;" + in_init + " - - init=1"},
      {"J2", kEither | kTls13, "hs K W S", ". . - - . ret=1;10 NONE - - KeyUpdate1+data10;" + sent},
      {"J3", kEither | kTls13, "hs S K S R",
       ". . - S . ret=1;" + in_init + " S - init=1;-1 WANT_READ - S KeyUpdate1", "D2",
       "ret=0 why=~ init=0 left=0;-1 WANT_READ - S - init=0 bio=r left=0;. . . . - bio=r"},
      {"J3", kEither | kTls13, "hs S K S H",
       ". . - S . ret=1;" + in_init + " S - init=1;1 NONE - S KeyUpdate1", "D2",
       "ret=0 why=~ init=0 left=0;-1 WANT_READ - S - init=0 bio=r left=0;. . . . - bio="},
      {"J4", kClient | kTls12, "hs <hr R S", in_init + " - - init=1"},
      {"J5", kClient | kTls12, "@noreneg hs <hr R S", "-1 WANT_READ - - alert1.100;" + sent},
      {"J6", kServer | kTls12, "hs <ch R S", "-1 WANT_READ - - alert1.100;" + sent},
      {"J7", kEither | kTls12, "hs G S", sent},
      {"J8", kClient | kTls12, "hs G H S",
       "-1 WANT_READ - - ClientHello;" + in_init + " - - init=1"},
      {"J8", kServer | kTls12, "hs G H S", "1 NONE - - HelloRequest;" + sent},
      {"J9", kClient | kTls12, "hs S G H W", ". . . - .;. . . - .", "D11",
       "-1 SSL PROTOCOL_IS_SHUTDOWN S - init=~ bio= left=0;"
       "-1 SSL PROTOCOL_IS_SHUTDOWN S - init=~ bio= left=0"},
      {"J9", kServer | kTls12, "hs S G H W", ". . . - .;. . . - .", "D11",
       "-1 SSL PROTOCOL_IS_SHUTDOWN S - init=~ bio=;"
       "-1 SSL PROTOCOL_IS_SHUTDOWN S - init=~ bio="},
      {"J10", kClient | kTls13, "hsraw S S",
       "0 SYSCALL* - S CN added=0;-1 WANT_READ - S - added=2"},
      {"J11", kClient | kTls13, "hsraw S free", "added=0;added=0 cached=0 resumable=0"},
      {"J11", kClient | kTls13, "hsraw free", "added=0 cached=0 resumable=0"},
  };
}

}  // namespace ciao::closing
