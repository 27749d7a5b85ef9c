-- What customers think: of a message (0: of all of it), with what it was about.
CREATE TABLE feedback (
    conversation TEXT NOT NULL,
    message_seq BIGINT NOT NULL,
    entry TEXT,
    intent TEXT,
    decision TEXT,
    revision TEXT,
    agent TEXT,
    helpful BIGINT,
    reason TEXT,
    response_time BIGINT,
    attitude BIGINT,
    resolution BIGINT,
    again BIGINT,
    comment TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (conversation, message_seq)
);
CREATE INDEX feedback_at ON feedback (at, conversation, message_seq);
CREATE INDEX feedback_entry ON feedback (entry, at);
CREATE INDEX feedback_agent ON feedback (agent, at);

-- Who was shown which survey last, and what became of it; visitors stand here by a digest.
CREATE TABLE survey_shown (
    survey TEXT NOT NULL,
    visitor TEXT NOT NULL,
    n BIGINT NOT NULL,
    n_declined BIGINT NOT NULL,
    shown_at BIGINT NOT NULL,
    answered_at BIGINT,
    declined_at BIGINT,
    PRIMARY KEY (survey, visitor)
);
CREATE INDEX survey_shown_visitor ON survey_shown (visitor);
CREATE TABLE survey_answers (
    survey TEXT NOT NULL,
    visitor TEXT NOT NULL,
    at BIGINT NOT NULL,
    revision TEXT NOT NULL,
    language TEXT NOT NULL,
    answers TEXT NOT NULL,
    PRIMARY KEY (survey, visitor, at)
);
CREATE INDEX survey_answers_at ON survey_answers (survey, at, visitor);
