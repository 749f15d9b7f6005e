// Sections 5 and 11: established, nothing else in play (rows B); quiet shutdown (rows Q).
#include "row.h"

namespace ciao::closing {

std::vector<Row> rows_established() {
  return {
      {"B1", kAll, "hs S", "0 SYSCALL* - S CN init=0"},
      {"B1", kAll | kTls13, "@suite=TLS_AES_128_GCM_SHA256 hs S", "0 SYSCALL* - S CN"},
      {"B1", kEither | kTls13, "@suite=TLS_CHACHA20_POLY1305_SHA256 hs S", "0 SYSCALL* - S CN"},
      {"B1", kEither | kTls13, "@suite=TLS_AES_128_CCM_SHA256 hs S", "0 SYSCALL* - S CN"},
      {"B1", kEither | kTls13, "@suite=TLS_AES_128_CCM_8_SHA256 hs S", "0 SYSCALL* - S CN"},
      {"B2", kAll, "hs S S S", "0 SYSCALL* - S CN;-1 WANT_READ - S -;-1 WANT_READ - S -"},
      {"B3", kAll, "hs <cn R S", "1 NONE - SR CN"},
      {"B4", kAll, "hs <cn R S S S", "1 NONE - SR CN;1 NONE - SR - bio=;1 NONE - SR - bio="},
      {"B5", kAll, "hs <cn S", "0 SYSCALL* - S CN"},
      {"B6", kAll, "hs <cn S S", "0 SYSCALL* - S CN;1 NONE - SR -"},
      {"B7", kAll, "hs S pS S pS",
       "0 SYSCALL* - S CN;0 SYSCALL* - S CN;1 NONE - SR -;1 NONE - SR -"},
      {"B8", kAll, "hs S pR pW20 pS R R S",
       "0 SYSCALL* - S CN;0 ZERO_RETURN - R -;20 NONE - R data20;1 NONE - SR CN;"
       "20 NONE - S -;0 ZERO_RETURN - SR -;1 NONE - SR -"},
      {"B9", kAll, "hs S H", "1 NONE - S -"},
      {"B10", kAll, "hs S pR pS R S C pC hs",
       "0 SYSCALL* - S CN;0 ZERO_RETURN - R -;1 NONE - SR CN;0 ZERO_RETURN - SR -;"
       "1 NONE - SR -;. . - - . ret=1;. . - - . ret=1;. . - - . ret=1 reused=1"},
      {"Q1", kAll, "hs q1 S S", "1 NONE - SR - bio=;1 NONE - SR - bio="},
      {"Q2", kAll, "hs <data q1 S R", "1 NONE - SR - bio=;0 ZERO_RETURN - SR - bio="},
      {"Q3", kAll, "hs S q1 S", "1 NONE - SR - bio="},
      {"Q4", kAll, "hs q1 S q0 =0 S", "0 SYSCALL* - S CN"},
      {"Q5", kAll, "hs cap0 S q1 S q0 cap- S",
       "-1 WANT_WRITE - S -;. . - S . ret=1;1 NONE - SR -;. . - SR . ret=0;;1 NONE - SR CN"},
  };
}

}  // namespace ciao::closing
