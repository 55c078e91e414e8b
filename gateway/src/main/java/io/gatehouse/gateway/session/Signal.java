package io.gatehouse.gateway.session;

/** A signal by its name in RFC 4254, section 6.10, with its number on Linux. */
public enum Signal {
  HUP(1),
  INT(2),
  QUIT(3),
  ILL(4),
  ABRT(6),
  FPE(8),
  KILL(9),
  USR1(10),
  SEGV(11),
  USR2(12),
  PIPE(13),
  ALRM(14),
  TERM(15);

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }
}
