package io.gatehouse.gateway.http.describe;

/** The operation {@code get_info}, which exists only when the operator has something to tell. */
public final class InfoOperation {

  public static final Operation GET_INFO =
      Operation.get("/info", "get_info")
          .summary("Get information about this machine")
          .description(
              """
              Returns what the operator of this machine wants its users to know, such as what is \
              installed, where data is and what is not allowed. Read it before the first command.\
              """)
          .answers(200, "The operator's text: {info}.")
          .build();

  private InfoOperation() {}
}
