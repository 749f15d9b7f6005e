#include "session/session_cache.h"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

namespace ciao::tls {
namespace {

Ref<Session> session_with(std::uint32_t number, std::int64_t time = 1000,
                          std::int64_t timeout = 100) {
  Ref<Session> session = make_ref<Session>();
  session->version = ProtocolVersion::tls1_3;
  std::uint8_t id[kMaxSessionIdSize] = {};
  for (int i = 0; i < 4; ++i) id[i] = static_cast<std::uint8_t>(number >> (8 * i));
  session->id.assign(id);
  session->time = time;
  session->timeout = timeout;
  return session;
}

TEST(SessionCache, FindsByIdAndVersion) {
  SessionCache cache;
  const Ref<Session> session = session_with(1);
  EXPECT_TRUE(cache.insert(session, 0).added);
  EXPECT_EQ(cache.find(ProtocolVersion::tls1_3, session->id.view()), session);
  EXPECT_FALSE(cache.find(ProtocolVersion::tls1_2, session->id.view()));
  EXPECT_FALSE(cache.find(ProtocolVersion::tls1_3, session->id.view().first(31)));
  EXPECT_FALSE(cache.find(ProtocolVersion::tls1_3, Bytes(33)));
}

TEST(SessionCache, SecondInsertionOfTheSameSessionAddsNothing) {
  SessionCache cache;
  const Ref<Session> session = session_with(1);
  EXPECT_TRUE(cache.insert(session, 0).added);
  EXPECT_FALSE(cache.insert(session, 0).added);
  EXPECT_EQ(cache.size(), 1u);
  const Ref<Session> other = session_with(1);
  EXPECT_TRUE(cache.insert(other, 0).added);
  EXPECT_EQ(cache.size(), 1u);
  EXPECT_EQ(cache.find(ProtocolVersion::tls1_3, other->id.view()), other);
}

TEST(SessionCache, RemovesWhateverHasTheId) {
  SessionCache cache;
  const Ref<Session> session = session_with(1);
  (void)cache.insert(session, 0);
  EXPECT_EQ(cache.remove(*session_with(1)), session);
  EXPECT_FALSE(cache.remove(*session));
  EXPECT_EQ(cache.size(), 0u);
}

TEST(SessionCache, WhatEndsFirstGivesWay) {
  SessionCache cache;
  for (std::uint32_t i = 0; i < 10; ++i) (void)cache.insert(session_with(i, 1000 + i), 0);
  const SessionCache::Insertion result = cache.insert(session_with(10, 1), 6);
  EXPECT_EQ(cache.size(), 5u);
  ASSERT_EQ(result.evicted.size(), 6u);
  for (std::uint32_t i = 0; i < 6; ++i) EXPECT_EQ(result.evicted[i]->time, 1000 + i);
  // The new one ends first of all and stays nevertheless.
  EXPECT_TRUE(cache.find(ProtocolVersion::tls1_3, session_with(10)->id.view()));
}

TEST(SessionCache, ALimitOfOneKeepsTheNewest) {
  SessionCache cache;
  for (std::uint32_t i = 0; i < 100; ++i) {
    (void)cache.insert(session_with(i), 1);
    EXPECT_EQ(cache.size(), 1u);
    EXPECT_TRUE(cache.find(ProtocolVersion::tls1_3, session_with(i)->id.view()));
  }
}

TEST(SessionCache, ExpiryIsAskedForAnew) {
  SessionCache cache;
  const Ref<Session> first = session_with(1, 1000, 100);
  const Ref<Session> second = session_with(2, 1000, 200);
  (void)cache.insert(first, 0);
  (void)cache.insert(second, 0);
  EXPECT_TRUE(cache.remove_expired(1100).empty());
  second->time = 10;
  const SessionCache::Sessions gone = cache.remove_expired(1100);
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0], second);
  EXPECT_EQ(cache.remove_expired(1101).size(), 1u);
  EXPECT_EQ(cache.size(), 0u);
}

TEST(SessionCache, RemovesAll) {
  SessionCache cache;
  for (std::uint32_t i = 0; i < 100; ++i) (void)cache.insert(session_with(i), 0);
  EXPECT_EQ(cache.all().size(), 100u);
  EXPECT_EQ(cache.remove_all().size(), 100u);
  EXPECT_EQ(cache.size(), 0u);
  // Nothing is left behind that a limit would stumble over.
  EXPECT_TRUE(cache.insert(session_with(1), 1).evicted.empty());
}

TEST(SessionCache, KeyOutlivesAChangedId) {
  SessionCache cache;
  const Ref<Session> session = session_with(1);
  (void)cache.insert(session, 0);
  session->id = session_with(2)->id;
  EXPECT_EQ(cache.find(ProtocolVersion::tls1_3, session_with(1)->id.view()), session);
  EXPECT_EQ(cache.remove_all().size(), 1u);
}

TEST(Session, EndsAreBounded) {
  Session session;
  session.time = std::numeric_limits<std::int64_t>::max();
  session.timeout = 1;
  EXPECT_FALSE(session.expired(std::numeric_limits<std::int64_t>::max()));
  session.time = std::numeric_limits<std::int64_t>::min();
  session.timeout = -1;
  EXPECT_TRUE(session.expired(0));
  session.time = 100;
  session.timeout = 10;
  EXPECT_FALSE(session.expired(110));
  EXPECT_TRUE(session.expired(111));
  EXPECT_FALSE(session.expired(1));
}

// For ThreadSanitizer, and the bound under contention.
TEST(SessionCache, ManyThreads) {
  constexpr std::uint32_t kThreads = 8;
  constexpr std::uint32_t kRounds = 2000;
  constexpr std::size_t kLimit = 64;
  SessionCache cache;
  std::atomic<std::size_t> most{0};
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&cache, &most, t] {
      for (std::uint32_t i = 0; i < kRounds; ++i) {
        const Ref<Session> session = session_with((i * 7 + t) % 500, 1000 + i % 50);
        for (const Ref<Session>& gone : cache.insert(session, kLimit).evicted) {
          gone->not_resumable = true;
        }
        most = std::max(most.load(), cache.size());
        const Ref<Session> found = cache.find(session->version, session->id.view());
        EXPECT_TRUE(!found || equal(found->id.view(), session->id.view()));
        if (i % 5 == 0) (void)cache.remove(*session);
        if (i % 255 == 0) (void)cache.remove_expired(1110);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, kLimit + kThreads);
  const std::size_t counted = cache.size();
  EXPECT_EQ(cache.remove_all().size(), counted);
  EXPECT_EQ(cache.size(), 0u);
}

}  // namespace
}  // namespace ciao::tls
