#include "connection/close_state.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <sstream>
#include <string>

namespace ciao::tls {
namespace {

// A state in words: read side, write side, flags (s: sent, r: received), who was first.
std::string text_of(const CloseState& state) {
  static constexpr const char* kRead[] = {"open",      "close_notify", "assumed",
                                          "truncated", "peer_alert",   "failed"};
  static constexpr const char* kWrite[] = {"open", "queued", "partial", "sent", "aborted"};
  static constexpr const char* kFirst[] = {"nobody", "us", "peer"};
  return std::string(kRead[static_cast<int>(state.read_side())]) + " " +
         kWrite[static_cast<int>(state.write_side())] + " " + (state.sent_flag() ? "s" : "-") +
         (state.received_flag() ? "r" : "-") + " " + kFirst[static_cast<int>(state.first())];
}

const std::map<std::string, std::function<void(CloseState&)>>& events() {
  static const std::map<std::string, std::function<void(CloseState&)>> kEvents = {
      {"want", [](CloseState& s) { s.want_close_notify(); }},
      {"begun", [](CloseState& s) { s.close_notify_begun(); }},
      {"sent", [](CloseState& s) { s.close_notify_sent(); }},
      {"withdraw", [](CloseState& s) { s.withdraw_close_notify(); }},
      {"aborted", [](CloseState& s) { s.aborted(); }},
      {"received", [](CloseState& s) { s.close_notify_received(); }},
      {"assumed", [](CloseState& s) { s.end_of_file_assumed_closed(); }},
      {"truncated", [](CloseState& s) { s.truncated(); }},
      {"peer_alert", [](CloseState& s) { s.peer_alert_received(); }},
      {"failed", [](CloseState& s) { s.failed(); }},
      {"flags=0", [](CloseState& s) { s.set_flags(0); }},
      {"flags=1", [](CloseState& s) { s.set_flags(1); }},
      {"flags=3", [](CloseState& s) { s.set_flags(3); }},
      {"declare", [](CloseState& s) { s.declare_closed(); }},
      {"handshake", [](CloseState& s) { s.handshake_started(); }},
      {"reset", [](CloseState& s) { s.reset(); }},
  };
  return kEvents;
}

CloseState after(const std::string& story) {
  CloseState state;
  std::istringstream words(story);
  for (std::string word; words >> word;) events().at(word)(state);
  return state;
}

struct Row {
  const char* before;  // the events that lead to the state
  const char* event;
  const char* state;  // afterwards
};

const Row kTable[] = {
    // nothing happened yet
    {"", "want", "open queued s- nobody"},
    {"", "begun", "open open -- us"},
    {"", "withdraw", "open open -- nobody"},
    {"", "aborted", "open aborted -- nobody"},
    {"", "received", "close_notify open -r peer"},
    {"", "assumed", "assumed open -r nobody"},
    {"", "truncated", "truncated open -- nobody"},
    {"", "peer_alert", "peer_alert open -r nobody"},
    {"", "failed", "failed open -- nobody"},
    {"", "declare", "open open sr nobody"},
    {"", "flags=1", "open open s- nobody"},
    // our close_notify is wanted
    {"want", "want", "open queued s- nobody"},
    {"want", "begun", "open partial s- us"},
    {"want", "sent", "open sent s- us"},
    {"want", "withdraw", "open queued s- nobody"},
    {"want flags=0", "withdraw", "open open -- nobody"},
    {"want", "aborted", "open aborted s- nobody"},
    {"want", "received", "close_notify queued sr peer"},
    // part of it has left
    {"want begun", "sent", "open sent s- us"},
    {"want begun flags=0", "withdraw", "open partial -- us"},
    {"want begun", "aborted", "open partial s- us"},
    {"want begun", "received", "close_notify partial sr us"},
    {"want begun", "want", "open partial s- us"},
    // all of it has left
    {"want sent", "received", "close_notify sent sr us"},
    {"want sent", "aborted", "open sent s- us"},
    {"want sent", "want", "open sent s- us"},
    {"want sent", "truncated", "truncated sent s- us"},
    {"want sent", "flags=0", "open sent -- us"},
    {"want sent flags=0", "withdraw", "open sent -- us"},
    {"want sent flags=0", "want", "open sent s- us"},
    // the peer closed first
    {"received", "want", "close_notify queued sr peer"},
    {"received want", "sent", "close_notify sent sr peer"},
    {"received", "failed", "close_notify open -r peer"},
    {"received", "flags=0", "close_notify open -- peer"},
    // failures
    {"failed", "aborted", "failed aborted -- nobody"},
    {"failed aborted", "want", "failed aborted s- nobody"},
    {"truncated", "failed", "truncated open -- nobody"},
    {"peer_alert", "failed", "peer_alert open -r nobody"},
    // a new beginning: what happened on the wire is forgotten by reset() alone
    {"want sent received", "handshake", "close_notify sent -- us"},
    {"want sent received", "reset", "open open -- nobody"},
    {"failed aborted", "reset", "open open -- nobody"},
};

TEST(CloseState, GoesFromStateToStateAsInTheTable) {
  for (const Row& row : kTable) {
    CloseState state = after(row.before);
    events().at(row.event)(state);
    EXPECT_EQ(text_of(state), row.state) << "[" << row.before << "] + " << row.event;
  }
}

struct Answers {
  const char* story;
  bool may_write;
  bool may_send_control;
  bool may_read;
  bool pending;  // close_notify_pending
  bool both;     // both_flags
};

const Answers kAnswers[] = {
    {"", true, true, true, false, false},
    {"want", false, false, true, true, false},
    {"want begun", false, false, true, true, false},
    {"want sent", false, false, true, false, false},
    {"want sent received", false, false, false, false, true},
    {"received", true, true, false, false, false},
    {"received want sent", false, false, false, false, true},
    {"assumed", true, true, false, false, false},
    {"truncated", true, true, true, false, false},
    {"peer_alert", true, true, false, false, false},
    {"failed aborted", true, false, true, false, false},
    {"declare", false, false, false, false, true},
    // SSL_set_shutdown cannot take back what was sent: no record follows a close_notify.
    {"want sent flags=0", false, false, true, false, false},
    {"want begun flags=0", false, false, true, true, false},
    {"want flags=0 withdraw", true, true, true, false, false},
    // nor can it make up what was not
    {"flags=1", false, false, true, false, false},
    {"flags=3", false, false, false, false, true},
};

TEST(CloseState, AnswersWhatMayBeDone) {
  for (const Answers& row : kAnswers) {
    SCOPED_TRACE(row.story);
    const CloseState state = after(row.story);
    EXPECT_EQ(state.may_write(), row.may_write);
    EXPECT_EQ(state.may_send_control(), row.may_send_control);
    EXPECT_EQ(state.may_read(), row.may_read);
    EXPECT_EQ(state.close_notify_pending(), row.pending);
    EXPECT_EQ(state.both_flags(), row.both);
  }
}

TEST(CloseState, KeepsTheFlagsAndTheQuietModeAsTheyWereGiven) {
  CloseState state;
  state.set_flags(0x7fff);
  EXPECT_EQ(state.flags(), 0x7fff);
  EXPECT_FALSE(state.both_flags());
  state.set_quiet(5);
  state.reset();
  EXPECT_EQ(state.quiet(), 5);
  EXPECT_EQ(state.flags(), 0);
}

TEST(CloseState, SaysWhetherACloseNotifyWasTakenBack) {
  CloseState state = after("want");
  EXPECT_FALSE(state.withdraw_close_notify());
  state.set_flags(0);
  EXPECT_TRUE(state.withdraw_close_notify());
  EXPECT_FALSE(state.withdraw_close_notify());
}

}  // namespace
}  // namespace ciao::tls
