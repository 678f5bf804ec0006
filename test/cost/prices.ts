/** List prices of us-east-1 in US dollars, autumn 2026, without any free tier. */
export const prices = {
  lambdaGBs: 1.33334e-5,
  lambdaRequest: 2e-7,
  /** Of a FIFO queue; a message is sent, received and deleted. */
  sqsRequest: 5e-7,
  schedulerCall: 1e-6,
  event: 1e-6,
  s3Put: 5e-6,
  s3List: 5e-6,
  s3Get: 4e-7,
  /** 0.5 $ a gigabyte. */
  logByte: 5e-10,
} as const;

/** What AWS asks for the EKS capability for Argo CD: by the hour, and by the application and hour. */
export const eksCapability = { hour: 0.03, applicationHour: 0.0015 } as const;

/** What an installation costs that does nothing: a KMS key, alarms, metrics, secrets of its own. */
export const fixedMonth = 7.2;

export const hoursOfMonth = 730;
export const minutesOfMonth: number = hoursOfMonth * 60;
