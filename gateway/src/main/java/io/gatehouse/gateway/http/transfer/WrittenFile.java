package io.gatehouse.gateway.http.transfer;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A file that a request has written.
 *
 * @param size bytes
 */
public record WrittenFile(String path, long size) {

  /** The answer to the request. */
  public Map<String, Object> toAnswer() {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("path", path);
    answer.put("size", size);
    return answer;
  }
}
