// Section 15: what msg_callback and info_callback are told (rows X).
#include "row.h"

namespace ciao::closing {

std::vector<Row> callback_rows() {
  constexpr const char* kSent = "alerts=msg>1.0,info>0x100";
  constexpr const char* kReceived = "alerts=msg<1.0,info<0x100";
  const std::string sent = kSent;
  return {
      {"X1", kAll, "hs S", kSent},
      {"X1", kAll, "hs S S", sent + ";alerts=-"},
      {"X2", kAll, "hs cap0 S cap- S", "alerts=-;;" + sent},
      {"X2", kAll, "hs cap10 S S cap- S", "alerts=-;alerts=-;;" + sent},
      {"X2", kAll, "hs <cn R cap10 S cap- S S", "alerts=-;;" + sent + ";alerts=-"},
      {"X2", kAll, "hs !epipe S S", "alerts=-;alerts=-"},
      {"X3", kAll, "hs <cn R", kReceived},
      {"X3", kAll, "hs S <cn S", kReceived},
      {"X4", kAll, "hs <uc R", "alerts=msg<1.90,info<0x15a"},
      {"X4", kAll, "hs S <uc S", "alerts=msg<1.90,info<0x15a"},
      {"X5", kAll, "hs <f40 R", "alerts=msg<2.40,info<0x228"},
      {"X5", kAll, "hs S <f40 S", "1 . . . . alerts=msg<2.40,info<0x228", "D5", "-1 SSL . . ."},
      {"X6", kAll, "hs q1 S", "alerts=-"},
      {"X6", kAll, "hs =1 S", "alerts=-"},
      {"X6", kAll, "hs =3 S", "alerts=-"},
  };
}

}  // namespace ciao::closing
