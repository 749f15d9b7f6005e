#include "extensions/pre_shared_key.h"

#include <gtest/gtest.h>

namespace ciao::tls {
namespace {

constexpr std::uint32_t kAdd = 0xfffffff0;

std::uint32_t age_said(const Session& session, std::int64_t now_ms) {
  return obfuscated_ticket_age(session, now_ms) - kAdd;
}

// RFC 8446 §4.2.11.1
TEST(ObfuscatedTicketAge, CountsMillisecondsSinceTheTicketCame) {
  Session session;
  session.ticket_age_add = kAdd;
  session.time = 1000;
  session.received_at_ms = 1'000'400;
  EXPECT_EQ(age_said(session, 1'000'400), 0U);
  EXPECT_EQ(age_said(session, 1'002'000), 1600U);
}

// A session that was kept as DER has only the second that it was made in. GnuTLS refuses early data
// whose ticket is said to be older than it is.
TEST(ObfuscatedTicketAge, IsNeverAboveTheTruthWhereOnlySecondsAreKnown) {
  Session session;
  session.ticket_age_add = kAdd;
  session.time = 1000;
  for (const std::int64_t now : {1'000'000, 1'000'998, 1'000'999})
    EXPECT_EQ(age_said(session, now), 0U);
  EXPECT_EQ(age_said(session, 1'003'000), 2001U);
}

TEST(ObfuscatedTicketAge, IsNothingWhenTheClockHasGoneBack) {
  Session session;
  session.ticket_age_add = kAdd;
  session.received_at_ms = 2'000'000;
  EXPECT_EQ(age_said(session, 1'000'000), 0U);
}

}  // namespace
}  // namespace ciao::tls
