// Sections 7 and 8: reading (rows R) and writing (rows E).
#include "row.h"

namespace ciao::closing {

namespace {

constexpr const char* kClosed = "0 ZERO_RETURN - R -";

std::vector<Row> reading() {
  const std::string closed = kClosed;
  const std::string truncated =
      "0 SSL UNEXPECTED_EOF_WHILE_READING - alert2.50 init=1 resumable=0 removed=1";
  return {
      {"R1", kAll, "hs S <data R", "20 NONE - S -"},
      {"R2", kAll, "hs <data R3 S R", "3 NONE - - -;0 SYSCALL* - S CN;17 NONE - S -"},
      {"R3", kAll, "hs S <data <data <cn R R R",
       "20 NONE - S -;20 NONE - S -;0 ZERO_RETURN - SR -"},
      {"R4", kAll, "hs S <data R <cn S", "20 NONE - S -;;1 NONE - SR -"},
      {"R5", kAll, "hs <cn R R", closed + ";" + closed + " bio="},
      {"R6", kAll, "hs <data <cn P P R P R",
       "20 NONE - - -;20 NONE - - -;20 NONE - - -;" + closed + ";" + closed},
      {"R7", kAll, "hs <cn <data R R", closed + ";" + closed + " bio="},
      {"R7", kAll, "hs <cn R <data R", closed + " bio="},
      {"R8", kAll, "hs <uc <cn R", closed},
      {"R9", kAll, "hs !eof R", truncated},
      {"R10", kAll, "hs <part !eof R", truncated},
      {"R11", kAll, "hs !eof R R", "-1 SYSCALL* - - - init=1"},
      {"R12", kAll, "hs S <data !eof R R",
       "20 NONE - S -;0 SSL UNEXPECTED_EOF_WHILE_READING S - resumable=1 removed=0"},
      {"R13", kAll, "@ieof hs !eof R", closed + " init=0"},
      {"R13", kAll, "@ieof hs <part !eof R", closed + " init=0"},
      {"R14", kAll, "hs !rst R", "-1 SYSCALL:ECONNRESET - - - init=0"},
      {"R15", kAll, "hs <data !rst R R", "20 NONE - - -;-1 SYSCALL:ECONNRESET - - - init=0"},
      {"R16", kAll, "hs <f40 R", "0 SSL ALERT40 R - init=1 resumable=0 removed=1"},
      {"R17", kAll, "hs <f40 R R", "0 ZERO_RETURN - R -", "D6", ". SSL ALERT40 . ."},
      {"R17", kAll, "hs <f40 R P", "0 ZERO_RETURN - R -", "D6", ". SSL ALERT40 . ."},
      {"R18", kAll, "hs <uc <f40 R R", "0 SYSCALL* - R -", "D6", ". SSL ALERT40 . ."},
      {"R19", kAll, "hs =2 R", closed + " bio="},
      {"R19", kAll, "hs <data =2 R =0 R", closed + " bio=;. . - - .;20 NONE - - -"},
      {"R20", kAll, "hs R =2 P", "-1 WANT_READ - - -;. . - R .;0 WANT_READ - R - bio=", "D13",
       ". ZERO_RETURN . . ."},
      {"R21", kAll, "hs <data R0 S R0 R",
       "0 SYSCALL* - - -;0 SYSCALL* - S CN;0 SYSCALL* - S -;20 NONE - S -"},
      {"R22", kEither | kTls13, "hs <bad R",
       "-1 SSL DECRYPTION_FAILED_OR_BAD_RECORD_MAC - alert2.20 init=1 resumable=0 removed=1"},
      {"R22", kEither | kTls12, "hs <bad R",
       "-1 SSL lib57:102+DECRYPTION_FAILED_OR_BAD_RECORD_MAC - alert2.20 init=1 resumable=0 "
       "removed=1"},
      // The alert that 3.0 never completes is a whole one in ciao, and the connection is then as
      // dead as after R22.
      {"R23", kAll, "hs cap10 <bad R cap- R R",
       "-1 . . - part10;;-1 WANT_WRITE - - -;-1 WANT_WRITE - - -", "D12",
       "-1 SYSCALL* . . alert2.20 bio=w alerts=msg>2.20,info>0x214;-1 SYSCALL* . . . bio="},
  };
}

std::vector<Row> writing() {
  constexpr const char* kRefused = "-1 SSL PROTOCOL_IS_SHUTDOWN";
  const std::string refused = kRefused;
  return {
      {"E1", kAll, "hs S W", refused + " S - init=0 bio="},
      {"E1", kAll, "hs =1 W", refused + " S - init=0 bio="},
      {"E1", kAll, "hs q1 S W", refused + " SR - init=0 bio="},
      {"E2", kAll, "hs <cn W", "10 NONE - - data10"},
      {"E2", kAll, "hs <cn R W", "10 NONE - R data10"},
      {"E3", kAll, "hs !eof R W", "-1 SYSCALL* - - -"},
      {"E3", kAll, "hs <bad R W", "-1 SYSCALL* - - -"},
      {"E3", kAll, "hs !eof R P", "-1 SYSCALL* - - -"},
      {"E4", kAll, "hs <f40 R W", "-1 ZERO_RETURN - R -", "D6", ". SSL ALERT40 . ."},
      {"E5", kAll, "hs S =0 W", "10 NONE - - data10", "D3", refused + " . - bio= init=0"},
      {"E6", kAll, "@ieof hs !eof R W", "10 NONE - R data10"},
  };
}

}  // namespace

std::vector<Row> rows_reading() {
  std::vector<Row> rows = reading();
  for (Row& row : writing()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace ciao::closing
