// Section 9: output blocked (rows F).
#include "row.h"

namespace ciao::closing {

namespace {

constexpr const char* kBlocked = "-1 WANT_WRITE - S -";
constexpr const char* kSent = "0 SYSCALL* - S CN";

std::vector<Row> blocked_close() {
  const std::string blocked = kBlocked;
  const std::string sent = kSent;
  return {
      {"F1", kAll, "hs cap0 S S", blocked + ";" + blocked},
      {"F2", kAll, "hs cap0 S cap- S", blocked + ";;" + sent},
      {"F3", kAll, "hs cap10 S S cap5 S cap- S",
       "-1 WANT_WRITE - S part10;" + blocked + ";;-1 WANT_WRITE - S part5;;" + sent},
      {"F4", kAll, "hs <cn R cap0 S cap- S", "-1 WANT_WRITE - SR -;;1 NONE - SR CN"},
      {"F5", kAll, "hs cap0 S <data R <cn R S",
       "20 NONE - S -;;0 ZERO_RETURN - SR -;-1 WANT_WRITE - SR -"},
      {"F6", kAll, "hs cap0 S W", "-1 SSL PROTOCOL_IS_SHUTDOWN S -"},
      {"F14", kAll, "hs !epipe S S S",
       "-1 SYSCALL:EPIPE - S - bio=w;-1 SYSCALL:EPIPE - S - bio=w;-1 SYSCALL:EPIPE - S - bio=w"},
      {"F15", kAll, "hs !epipe S R", "-1 SYSCALL:EPIPE - S -;-1 WANT_READ - S -"},
      {"F15", kAll, "hs !epipe S <data R", "20 NONE - S -"},
      {"F16", kAll, "hs <cn R !epipe S", "-1 ZERO_RETURN - SR -", "D8", ". SYSCALL:EPIPE . . ."},
      {"F17", kAll, "hs nobio S", "-1 SSL BIO_NOT_SET S - init=1"},
  };
}

std::vector<Row> unfinished_data() {
  const std::string begun = "-1 WANT_WRITE - - part100";
  const std::string f7 = begun + ";-1 WANT_WRITE - S - bio= init=0";
  const std::string killed = "-1 SSL BAD_WRITE_RETRY S - init=1";
  const std::string finished = "2000 NONE - - data2000";
  return {
      {"F7", kAll, "hs cap100 W2000 S", f7},
      {"F8", kAll, "hs cap100 W2000 S S", f7 + ";" + killed, "D1",
       "-1 WANT_WRITE - S - init=0 bio=w left=0"},
      // F8c is ciao's reading of the same script.
      {"F8", kAll, "hs cap100 W2000 S cap- S", f7 + ";;" + killed, "D1",
       "0 SYSCALL* - S data2000+CN init=0 bio=w left=0 alerts=msg>1.0,info>0x100"},
      {"F9", kAll, "hs cap100 W2000 S W2000", "-1 SSL PROTOCOL_IS_SHUTDOWN S -"},
      {"F9", kAll, "hs cap100 W2000 S cap- W2000", "-1 SSL PROTOCOL_IS_SHUTDOWN S -"},
      {"F10", kAll, "hs cap100 W2000 cap- W2000 S", begun + ";;" + finished + ";" + kSent},
      {"F11", kAll, "hs cap100 W2000 <cn R S", "0 ZERO_RETURN - R .;-1 ZERO_RETURN - SR -", "D1",
       ". WANT_WRITE . . ."},
      {"F12", kAll, "hs cap100 W2000 S =0 cap- W2000 W10 S",
       f7 + ";. . - - .;;2000 NONE - - data2000;10 NONE - - CN+data10;0 SYSCALL* - S CN", "D3",
       ". . . . data10 alerts=-;. . . . ."},
      {"F13", kAll, "hs cap100 W2000 q1 S", "1 NONE - SR - bio="},
  };
}

std::vector<Row> buffering() {
  return {
      {"F18", kAll, "@buf hs cap0 S S cap- S R",
       "0 SYSCALL:EAGAIN - S -;-1 WANT_READ - S -;;-1 WANT_READ - S -;-1 WANT_READ - S -", "D9",
       ". . . . . bio=rw;;-1 WANT_READ . . CN bio=rw;. . . . ."},
      {"F18", kAll, "@buf hs cap0 S S cap- S R flush",
       "-1 WANT_READ - S -;-1 WANT_READ - S -;. . . S CN ret=1", "D9",
       ". . . . . bio=rw;;-1 WANT_READ . . CN bio=rw;. . . . .;. . . . - bio="},
      {"F19", kAll, "@buf hs W100 S", "100 NONE - - -;0 SYSCALL* - S data100+CN"},
  };
}

}  // namespace

std::vector<Row> rows_blocked() {
  std::vector<Row> rows = blocked_close();
  for (auto* part : {unfinished_data, buffering}) {
    for (Row& row : part()) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace ciao::closing
